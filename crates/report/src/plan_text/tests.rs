use insta::assert_snapshot;

use super::*;
use crate::test_support::{estimate, example, first_plan};

#[test]
fn the_first_plan_of_the_example_shows_everything() {
    let plan = first_plan(&example().0);
    assert_snapshot!(
        "example",
        plan_text(&plan, &estimate(&plan), &Palette::plain())
    );
}
