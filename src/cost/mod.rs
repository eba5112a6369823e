//! What model calls cost: the prices that are known, and what a call comes to.

mod price;
mod table;

pub use price::{Price, Rates};
pub use table::{PriceTable, PriceTableError, Seller};
