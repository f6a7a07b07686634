//! The proleptic Gregorian calendar over milliseconds since 1970, and the
//! weeks of ISO 8601 in years and in months.

pub(crate) const DAY_MILLIS: i64 = 86_400_000;

/// The furthest that JavaScript's dates reach from 1970.
pub(crate) const MILLIS_MAX: f64 = 8.64e15;

/// A point in time taken apart, in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) millis: i64,
    pub(crate) year: i64,
    /// 1 to 12
    pub(crate) month: i64,
    /// 1 to 31
    pub(crate) day: i64,
}

impl Moment {
    pub(crate) fn from_millis(millis: i64) -> Self {
        let (year, month, day) = civil(millis.div_euclid(DAY_MILLIS));
        Self { millis, year, month, day }
    }

    fn days(self) -> i64 {
        self.millis.div_euclid(DAY_MILLIS)
    }

    fn time_of_day(self) -> i64 {
        self.millis.rem_euclid(DAY_MILLIS)
    }

    /// The value of a component of a picture: `Y`, `M`, `D`, …
    pub(crate) fn component(self, component: char) -> i64 {
        match component {
            'Y' => self.year,
            'M' => self.month,
            'D' => self.day,
            'd' => self.days() - days(self.year, 1, 1) + 1,
            'F' => weekday(self.days()),
            'W' => week(self.days(), |ahead| first_week(self.year + ahead, 1), 52),
            'w' => week(self.days(), |ahead| self.first_week_of_month(ahead), 4),
            'X' => self.year + belongs(self.days(), first_week(self.year, 1), first_week(self.year + 1, 1)),
            'x' => {
                let ahead = belongs(self.days(), self.first_week_of_month(0), self.first_week_of_month(1));
                (self.month - 1 + ahead).rem_euclid(12) + 1
            }
            'H' => self.time_of_day() / 3_600_000,
            'h' => (self.time_of_day() / 3_600_000 + 11) % 12 + 1,
            'P' => self.time_of_day() / (12 * 3_600_000),
            'm' => self.time_of_day() / 60_000 % 60,
            's' => self.time_of_day() / 1000 % 60,
            'f' => self.time_of_day() % 1000,
            _ => 0,
        }
    }

    fn first_week_of_month(self, ahead: i64) -> i64 {
        let month = self.month - 1 + ahead;
        first_week(self.year + month.div_euclid(12), month.rem_euclid(12) + 1)
    }
}

/// The number of the week; `start` gives the first day of week 1 of the period
/// so many periods ahead.
fn week(today: i64, start: impl Fn(i64) -> i64, whole_weeks: i64) -> i64 {
    let number = (today - start(0)).div_euclid(7) + 1;
    if number > whole_weeks && today >= start(1) {
        1
    } else if number < 1 {
        (today - start(-1)).div_euclid(7) + 1
    } else {
        number
    }
}

/// Whether the weeks count the day to the period before or after.
fn belongs(today: i64, start: i64, next: i64) -> i64 {
    if today < start { -1 } else { i64::from(today >= next) }
}

/// The Monday of the first week: the one with the period's first Thursday.
fn first_week(year: i64, month: i64) -> i64 {
    let first = days(year, month, 1);
    let weekday = weekday(first);
    if weekday > 4 { first + 8 - weekday } else { first - (weekday - 1) }
}

/// 1 is Monday, 7 is Sunday.
fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// Days since 1970 of a date; months and days may run over.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years from March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468 + day - 1
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
