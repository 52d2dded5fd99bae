import t from "tap";
import { Fields } from "../../../devices/nmea0183/fields.ts";

/** What is read from fields after an address, and whether that made the sentence faulty. */
function read<T>(text: string, take: (fields: Fields) => T): [value: T, faulty: boolean] {
  const fields = new Fields(`GPXXX,${text}`);
  return [take(fields), fields.faulty];
}

t.test("an empty or missing field is null and no fault", async (t) => {
  for (const text of ["", ",,,", ","]) {
    t.same(
      read(text, (f) => f.number(0)),
      [null, false],
    );
    t.same(
      read(text, (f) => f.integer(1)),
      [null, false],
    );
    t.same(
      read(text, (f) => f.latitude(0)),
      [null, false],
    );
    t.same(
      read(text, (f) => f.time(0)),
      [null, false],
    );
    t.same(
      read(text, (f) => f.timeAndDate(0, 1)),
      [null, false],
    );
    t.same(
      read(text, (f) => f.timeDayMonthYear(0)),
      [null, false],
    );
  }
});

t.test("positions", async (t) => {
  const latitude = (text: string): unknown => read(text, (f) => f.latitude(0));
  const longitude = (text: string): unknown => read(text, (f) => f.longitude(0));
  t.same(latitude("4404.14063,N"), [44.0690105, false]);
  t.same(longitude("12118.85478,W"), [-121.314246333, false]);
  t.same(latitude("4404,S"), [-44.066666667, false], "whole minutes");
  t.same(longitude("-0214.41,W"), [-2.240166667, false], "a sign as well as the letter counts once");
  t.same(latitude("0000.0000,S"), [0, false]);
  t.ok(Object.is(new Fields("X,0,S").latitude(0), 0), "and not minus zero");
  t.same(latitude("4404.14063,"), [null, false], "without its letter");
  for (const text of ["4404.14063,X", "44x4.1,N", "9001.0,N", "4460.5,N"])
    t.same(latitude(text), [null, true], text);
  t.same(longitude("18000.1,E"), [null, true]);
});

t.test("times and dates", async (t) => {
  const time = (text: string): unknown => read(text, (f) => f.time(0));
  t.same(time("171926.00"), ["17:19:26.00", false]);
  t.same(time("000000"), ["00:00:00", false]);
  t.same(time("235960.5"), ["23:59:60.5", false], "a leap second");
  for (const text of ["240000", "126000", "120061", "12000", "12:00:00", "120000x", "-10000"])
    t.same(time(text), [null, true], text);
  const utc = (text: string): unknown => read(text, (f) => f.timeAndDate(0, 1));
  t.same(utc("171926.00,180315"), ["2015-03-18T17:19:26.00Z", false]);
  t.same(utc("000000,010180"), ["1980-01-01T00:00:00Z", false]);
  t.same(utc("000000,311279"), ["2079-12-31T00:00:00Z", false]);
  t.same(utc("000000,000000"), [null, false], "no date yet");
  t.same(utc(",180315"), [null, false]);
  for (const text of ["000000,321215", "000000,311315", "000000,x"]) t.same(utc(text), [null, true], text);
  t.same(
    read("171926,18,03,2015,00,00", (f) => f.timeDayMonthYear(0)),
    ["2015-03-18T17:19:26Z", false],
  );
});

t.test("numbers", async (t) => {
  t.same(
    read("01.4", (f) => f.number(0)),
    [1.4, false],
  );
  t.same(
    read("-5.5", (f) => f.number(0)),
    [-5.5, false],
  );
  t.same(
    read("04", (f) => f.integer(0)),
    [4, false],
  );
  t.same(
    read("10.0", (f) => f.knots(0)),
    [5.144444, false],
  );
  t.same(
    read("3.6", (f) => f.kilometresPerHour(0)),
    [1, false],
  );
  t.same(
    read("12.6,W", (f) => f.signed(0, "W")),
    [-12.6, false],
  );
  t.same(
    read("4.5", (f) => f.integer(0)),
    [null, true],
  );
  for (const text of ["X.138", "nan", "Infinity", "1e999", "1.2.3"])
    t.same(
      read(text, (f) => f.number(0)),
      [null, true],
      text,
    );
});
