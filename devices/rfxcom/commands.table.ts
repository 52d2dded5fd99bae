import type { Names } from "./fields.ts";

/** What the numbers of remote controls mean, by packet type and, where they differ, by subtype. RFXtrx SDK. */
const numbered = (names: string, first = 0): Names =>
  Object.fromEntries(names.split(" ").map((name, index) => [index + first, name]));

export const LIGHTING1 = numbered("off on dim bright program all_off all_on chime");
export const LIGHTING2 = numbered("off on set_level group_off group_on set_group_level");
export const LIGHTING3: Names = {
  0x00: "bright",
  0x08: "dim",
  0x10: "on",
  ...numbered("level_1 level_2 level_3 level_4 level_5 level_6 level_7 level_8 level_9", 0x11),
  0x1a: "off",
  0x1b: "program",
};
export const LIGHTING6 = numbered("on off group_on group_off");

const LIGHTWAVE: Names = {
  ...numbered("off on group_off mood_1 mood_2 mood_3 mood_4 mood_5"),
  ...numbered("unlock lock all_lock close stop open set_level palette tone cycle", 10),
};
const GROUPS = numbered("off on group_off group_on");
const LIVOLO_1 = numbered(
  "group_off toggle_1 toggle_2 toggle_3 toggle_4 toggle_5 toggle_6 toggle_7 toggle_8 toggle_9 toggle_10",
);
/** Lamps with a wheel of colors. */
const COLORS: Names = {
  ...numbered("off on bright dim color_plus color_minus"),
  ...Object.fromEntries(Array.from({ length: 0x7f }, (_, index) => [index + 6, `color_${index + 6}`])),
};
const LIVOLO_2: Names = {
  ...numbered("group_off toggle_1 toggle_2 toggle_3 toggle_4 toggle_5 toggle_6 toggle_7 bright_7 dim_7"),
  ...numbered("toggle_8 toggle_9 bright_9 dim_9 toggle_10 scene_1 scene_2 scene_3 scene_4 ok", 10),
};
const LIGHTING5: Readonly<Record<number, Names>> = {
  0x01: numbered("off on learn"),
  0x02: GROUPS,
  0x03: numbered(
    "power light bright dim level_100 level_50 level_25 mode_plus speed_minus speed_plus mode_minus",
  ),
  0x04: GROUPS,
  0x05: LIVOLO_1,
  0x06: COLORS,
  0x07: numbered("off on"),
  0x08: COLORS,
  0x09: GROUPS,
  0x0a: LIVOLO_2,
  0x0b: numbered("off on bright dim color_plus color_minus"),
  0x0c: numbered("power bright dim level_100 level_80 level_60 level_40 level_20 level_10"),
  0x0d: numbered("toggle"),
  0x0e: GROUPS,
  0x0f: GROUPS,
  0x11: GROUPS,
};
export const lighting5 = (subtype: number): Names => LIGHTING5[subtype] ?? LIGHTWAVE;

const SPEEDS = numbered("high medium low off light", 1);
const FANS: Readonly<Record<number, Names>> = {
  0x00: numbered("timer minus learn plus confirm light", 1),
  0x01: numbered("speed_1 speed_2 speed_3 timer not_at_home learn erase_all", 1),
  0x02: SPEEDS,
  0x03: numbered("t1 t2 t3 t4", 1),
  0x04: SPEEDS,
  0x05: numbered(
    "power plus minus light reverse natural_flow pair speed_1 speed_2 speed_3 speed_4 speed_5 speed_6",
    1,
  ),
  0x06: SPEEDS,
  0x07: numbered(
    "power light speed_1 speed_2 speed_3 speed_4 speed_5 forward_reverse hours_1 hours_4 hours_8",
    1,
  ),
  0x08: numbered("off speed_1 speed_2 speed_3 speed_4 timer_1 timer_2 timer_3 timer_4 light_on light_off", 1),
  0x09: numbered("off speed_1 speed_2 speed_3 speed_4 speed_5 speed_6 light reverse", 1),
  0x0a: numbered("low medium high timer_1 timer_2 timer_3 standby full join leave co2 battery", 1),
  0x0b: numbered("power plus minus light learn reset_filter mood", 1),
  0x0c: numbered(
    "low medium high timer_1 timer_2 timer_3 auto away join leave state temperature co2 battery filter presence speed status",
    1,
  ),
};
export const fan = (subtype: number): Names => FANS[subtype] ?? {};

export const CURTAIN = numbered("open close stop program");
const BLINDS = numbered("open close stop confirm set_limit set_lower_limit delete_limits reverse left right");
const BLINDS_OF: Readonly<Record<number, Names>> = {
  0x06: numbered("open close stop confirm intermediate light"),
  0x09: numbered(
    "open close stop confirm set_limit set_lower_limit reverse intermediate_a intermediate_center intermediate_b erase_this erase_all",
  ),
  0x0a: numbered("open close stop confirm learn_master erase_this reverse"),
  0x0d: numbered("open close stop confirm angle_plus angle_minus"),
  0x10: numbered("open close stop confirm erase_this reverse"),
  0x11: numbered("open close stop confirm set_limit intermediate erase_all"),
  0x12: numbered("open close stop confirm intermediate list_remotes erase_this erase_all"),
  0x13: numbered("close_clockwise close_anticlockwise open_45 open_90 open_135 confirm"),
  0x14: numbered("open close stop confirm list_remotes erase_this erase_all"),
};
export const blinds = (subtype: number): Names => BLINDS_OF[subtype] ?? BLINDS;

export const RFY = numbered(
  "stop up up_stop down down_stop up_down list_remotes program program_2s program_7s stop_2s stop_5s up_down_5s erase_this erase_all up_05s down_05s up_2s down_2s enable_sun disable_sun down_stop_2s",
);
export const HOME_CONFORT = numbered("off on group_off group_on");
export const EDISIO = numbered(
  "off on toggle set_level bright dim toggle_dim stop_dim rgb learn shutter_open shutter_stop shutter_close contact_normal contact_alert",
);
export const BELL = numbered("normal secret_knock");
export const FUNKBUS = numbered("down up all_off all_on scene master_down master_up stop");
export const HUNTER = numbered("off light speed_1 speed_2 speed_3 program", 1);
export const CAMERA = numbered(
  "left right up down position_1 program_1 position_2 program_2 position_3 program_3 position_4 program_4 center program_center sweep program_sweep",
);
export const DDXXXX = numbered("up down stop pair percent angle percent_angle");
export const THERMOSTAT2 = numbered("off on program");
const MERTIK = numbered("off on up down run_up run_down stop off_2 on_2");
/** G6R-H4TB counts its second flame from 4 on. */
const MERTIK_TB = numbered("off on up down off_2 on_2");
export const thermostat3 = (subtype: number): Names => (subtype === 1 ? MERTIK_TB : MERTIK);
export const RADIATOR = numbered("night day set_temperature");
const FS20: Names = {
  ...numbered(
    "off level_1 level_2 level_3 level_4 level_5 level_6 level_7 level_8 level_9 level_10 level_11 level_12",
  ),
  ...numbered(
    "level_13 level_14 level_15 on on_last toggle bright dim dim_cycle program_timer request_status",
    13,
  ),
  ...numbered("off_for on_for on_last_for reset", 24),
};

/** The heating valves of the same maker have numbers of their own. */
export const fs20 = (subtype: number): Names => (subtype === 0 ? FS20 : {});

/** Alarm devices, without the highest bit, which is their tamper contact. */
export const SECURITY: Names = {
  ...numbered("normal normal_delayed alarm alarm_delayed motion no_motion panic panic_off ir_beam arm_away"),
  ...numbered("arm_away_delayed arm_home arm_home_delayed disarm", 10),
  ...numbered("light_off light_on light_2_off light_2_on dark light battery_low pair", 16),
};
