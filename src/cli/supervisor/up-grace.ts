/** How long an absent user of `up` still counts as online: short, so that a kill is seen. */
export const upGraceMs = 300;
