//! Schedules against the calendar, wordings against what people mean, planning against its
//! situations.

mod planning;
mod schedule;
mod wording;
