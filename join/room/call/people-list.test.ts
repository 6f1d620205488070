import { describe, expect, it } from "vitest";
import type { Person } from "./people";
import { search, sortPeople } from "./people-list";

const person = (name: string, overrides: Partial<Person> = {}) =>
  ({ identity: name.toLowerCase(), name, isLocal: false, isHost: false, ...overrides }) as Person;

const ME = person("Me", { isLocal: true });
const HOST = person("Host", { isHost: true });
const ALL = [person("Anna"), HOST, person("Ben"), ME, person("Cem")];

const names = (people: Person[]) => people.map(({ name }) => name);

describe("the list of people", () => {
  it("begins with the local participant and hosts; the others follow by join time", () => {
    expect(names(sortPeople(ALL, []))).toEqual(["Me", "Host", "Anna", "Ben", "Cem"]);
  });

  it("has raised hands first, in their order", () => {
    expect(names(sortPeople(ALL, ["cem", "anna"]))).toEqual(["Cem", "Anna", "Me", "Host", "Ben"]);
  });

  it("has the own hand in its place", () => {
    expect(names(sortPeople(ALL, ["ben", "me"]))[1]).toBe("Me");
  });

  it("ignores the hand of a stranger", () => {
    expect(names(sortPeople(ALL, ["stranger"]))).toHaveLength(ALL.length);
  });

  it("does not change its argument", () => {
    const before = [...ALL];
    sortPeople(ALL, ["cem"]);
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
    expect(names(search(people, query))).toEqual(expected);
  });

  it.each(["", "  "])("for %j finds everybody", (query) => {
    expect(search(people, query)).toHaveLength(4);
  });
});
