//! `calculator`: arithmetic that is exact where numbers can be, since models guess at digits.

mod expression;
mod number;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Action, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse};
pub(super) use number::{MathError, Number};

/// Longest expression, in characters.
const LONGEST: u64 = 2000;

/// Works out expressions.
#[derive(Debug)]
pub struct Calculator(ToolSpec);

#[derive(Deserialize)]
struct Args {
    expression: String,
}

impl Default for Calculator {
    fn default() -> Self {
        Self(ToolSpec::reading(
            "calculator",
            "Works out an arithmetic expression, exactly where possible. Knows + - * / ^ ! mod, \
             percent (`15% * 80`), brackets, pi, e, tau, and the functions sqrt, cbrt, abs, sign, \
             floor, ceil, trunc, round(x, digits), min, max, sum, mean, gcd, lcm, exp, ln, \
             log(x, base), log2, log10, sin, cos, tan, asin, acos, atan (radians), deg, rad. \
             Use it for every calculation that you would not do in your head.",
            json!({
                "type": "object",
                "properties": {
                    "expression": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST,
                        "description": "For example `(3 + 4) * 2^10 / 7`"
                    }
                },
                "required": ["expression"],
                "additionalProperties": false
            }),
        ))
    }
}

#[async_trait]
impl Tool for Calculator {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        Ok(Action::reading(format!(
            "Work out {}",
            args.expression.trim()
        )))
    }

    async fn run(&self, _: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        // A large power or factorial takes its time: not on a thread that others wait for.
        let work = tokio::task::spawn_blocking(move || expression::evaluate(&args.expression));
        let result = work
            .await
            .map_err(|_| ToolError::Failed("the calculation broke off".to_owned()))?;
        result
            .map(|number| ToolOutput::own(number.to_string()))
            .map_err(|error| ToolError::Failed(error.to_string()))
    }
}
