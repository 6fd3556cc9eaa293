/** The attributes by which tests and labels find an element. */
export const marks = (element, place) => ({
  testid: "element",
  data: { actionId: element.action_id ?? "", elementType: element.type },
  "aria-labelledby": place.labelId,
});
