// Wagtail's date picker makes another date of one that does not exist, and the present hour of what is no hour, as soon
// as the field is left. What was typed stays, so that the form can say that it is no date.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
