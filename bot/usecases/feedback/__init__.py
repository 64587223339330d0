"""The reviewer's feedback and what a member does with it: a second shot, a dispute, a variant."""
