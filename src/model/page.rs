//! Paging: an opaque cursor that names the last row already seen.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The place to go on from: the sort key and the row of the last item seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key of the last item.
    pub key: i64,
    /// Its row, which breaks ties.
    pub row: i64,
}

/// The text is no cursor of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pass the next_cursor of the page before, unchanged")]
pub struct CursorError;

impl Cursor {
    /// The text a client hands back.
    pub fn encode(self) -> String {
        let mut bytes = [0_u8; 16];
        let (key, row) = bytes.split_at_mut(8);
        key.copy_from_slice(&self.key.to_be_bytes());
        row.copy_from_slice(&self.row.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what a client handed back.
    pub fn decode(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| CursorError)?;
        let wide = i128::from_be_bytes(bytes);
        let key = i64::try_from(wide >> 64).map_err(|_| CursorError)?;
        let row = wide as i64;
        Ok(Self { key, row })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_rubbish_does_not() {
        for cursor in [
            Cursor { key: 0, row: 0 },
            Cursor {
                key: -5,
                row: i64::MAX,
            },
            Cursor {
                key: i64::MIN,
                row: -1,
            },
        ] {
            assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }
        for bad in ["", "abc", "!!!!", &"A".repeat(40)] {
            assert_eq!(Cursor::decode(bad), Err(CursorError));
        }
    }
}
