package dev.ganglion.runtime.act;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of the audit log, as JSON; whatever a decision holds comes out as one line of ASCII. */
final class AuditLine {
    private static final int LONGEST = 300;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder json = new StringBuilder(400);
    private final String said;

    private AuditLine(String said) {
        this.said = said;
    }

    /**
     * Makes a line.
     *
     * @param withText whether what was said is written; otherwise it is left out, also where it is
     *     part of something else
     */
    static String of(
            long number,
            String time,
            String actuator,
            @Nullable Attempt attempt,
            Origin origin,
            String outcome,
            String why,
            boolean withText,
            String before) {
        AuditLine line = new AuditLine(withText ? "" : origin.text());
        line.json.append("{\"n\":").append(number);
        line.field("time", time);
        line.field("route", origin.route());
        line.field("trace", origin.trace());
        line.field("stream", origin.stream());
        line.field("model", origin.model());
        line.field("hop", origin.hop());
        line.field("decision", attempt == null ? "" : attempt.decision().name());
        line.field("actuator", actuator);
        line.field("action", attempt == null ? "" : attempt.name());
        line.json.append(",\"parameters\":{");
        if (attempt != null) {
            String comma = "";
            for (Map.Entry<String, Object> each : attempt.parameters().entrySet()) {
                line.json.append(comma);
                line.text(each.getKey());
                line.json.append(':');
                line.value(each.getValue());
                comma = ",";
            }
        }
        line.json.append('}');
        line.field("outcome", outcome);
        line.field("why", why);
        if (withText) {
            line.field("text", origin.text());
        }
        line.field("before", before);
        return line.json.append('}').toString();
    }

    private void field(String key, String value) {
        json.append(",\"").append(key).append("\":");
        text(value);
    }

    private void value(Object value) {
        if (value instanceof Long || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.append(number.doubleValue());
        } else {
            text(value.toString());
        }
    }

    private void text(String value) {
        String shown =
                said.length() > 1 && value.contains(said)
                        ? value.replace(said, "(what was said)")
                        : value;
        boolean cut = shown.length() > LONGEST;
        json.append('"');
        for (int i = 0; i < (cut ? LONGEST : shown.length()); i++) {
            char c = shown.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                json.append(c);
            } else {
                json.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    json.append(HEX.charAt(c >> shift & 0xf));
                }
            }
        }
        json.append(cut ? "...\"" : "\"");
    }
}
