import { describe, expect, it } from "vitest";
import type { Person } from "./people";
import { found, inOrder } from "./people-list";

const person = (name: string, facts: Partial<Person> = {}) =>
  ({ identity: name.toLowerCase(), name, isLocal: false, isHost: false, ...facts }) as Person;

const ME = person("Me", { isLocal: true });
const HOST = person("Host", { isHost: true });
const ALL = [person("Anna"), HOST, person("Ben"), ME, person("Cem")];

const names = (people: Person[]) => people.map(({ name }) => name);

describe("the list of people", () => {
  it("begins with oneself and the hosts; the others follow as they came", () => {
    expect(names(inOrder(ALL, []))).toEqual(["Me", "Host", "Anna", "Ben", "Cem"]);
  });

  it("has raised hands above all, in their order", () => {
    expect(names(inOrder(ALL, ["cem", "anna"]))).toEqual(["Cem", "Anna", "Me", "Host", "Ben"]);
  });

  it("has the own hand in its place", () => {
    expect(names(inOrder(ALL, ["ben", "me"]))[1]).toBe("Me");
  });

  it("ignores the hand of nobody", () => {
    expect(names(inOrder(ALL, ["stranger"]))).toHaveLength(ALL.length);
  });

  it("leaves what it was given as it was", () => {
    const before = [...ALL];
    inOrder(ALL, ["cem"]);
    expect(ALL).toEqual(before);
  });
});

describe("a search", () => {
  const people = ["Žofie Nováková", "Jürgen", "ANNA", "राम"].map((name) => person(name));

  it.each([
    ["nov", ["Žofie Nováková"]],
    ["zofie", ["Žofie Nováková"]],
    ["JURGEN", ["Jürgen"]],
    ["jürgen", ["Jürgen"]],
    [" anna ", ["ANNA"]],
    ["राम", ["राम"]],
    ["nobody", []],
  ])("for %j finds %j", (query, expected) => {
    expect(names(found(people, query))).toEqual(expected);
  });

  it.each(["", "  "])("for %j finds everybody", (query) => {
    expect(found(people, query)).toHaveLength(4);
  });
});
