"use strict";

const reference = document.getElementById("reference");

window.SwaggerUIBundle({
  domNode: reference,
  url: reference.dataset.schema,
  deepLinking: true,
  validatorUrl: null, // asks nobody else about the schema
});
