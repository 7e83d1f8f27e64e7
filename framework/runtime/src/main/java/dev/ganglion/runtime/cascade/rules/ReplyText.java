package dev.ganglion.runtime.cascade.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is said back, {@code "Turning on the lights[ in the {area}]."}: values in braces, and in
 * brackets what is left out when one of its values is not there. Immutable.
 */
final class ReplyText {
    private record Part(boolean optional, List<String> texts, List<String> names) {}

    private final List<Part> parts = new ArrayList<>();

    /**
     * Takes a text apart.
     *
     * @throws IllegalArgumentException with what was expected and found
     */
    ReplyText(String written) {
        int at = 0;
        while (at < written.length()) {
            boolean optional = written.charAt(at) == '[';
            int end = optional ? written.indexOf(']', at) : written.indexOf('[', at);
            if (optional && end < 0) {
                throw new IllegalArgumentException(
                        "']' expected after '" + written.substring(at) + "' of the reply");
            }
            end = end < 0 ? written.length() : end;
            parts.add(part(optional, written.substring(optional ? at + 1 : at, end)));
            at = optional ? end + 1 : end;
        }
    }

    private static Part part(boolean optional, String text) {
        Part part = new Part(optional, new ArrayList<>(), new ArrayList<>());
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException(
                        "'}' expected after '" + text.substring(open) + "' of the reply");
            }
            part.texts().add(text.substring(from, open));
            part.names().add(text.substring(open + 1, close));
            from = close + 1;
        }
        part.texts().add(text.substring(from));
        return part;
    }

    /** {@return all names in braces} */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        parts.forEach(part -> names.addAll(part.names()));
        return names;
    }

    /** {@return the text; a value that is not there and stands outside of brackets is blank} */
    String fill(Map<String, Object> values) {
        StringBuilder filled = new StringBuilder();
        for (Part part : parts) {
            if (part.optional() && !values.keySet().containsAll(part.names())) {
                continue;
            }
            filled.append(part.texts().get(0));
            for (int i = 0; i < part.names().size(); i++) {
                Object value = values.get(part.names().get(i));
                filled.append(value == null ? "" : value).append(part.texts().get(i + 1));
            }
        }
        return filled.toString();
    }
}
