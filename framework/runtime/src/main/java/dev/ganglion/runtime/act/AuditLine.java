package dev.ganglion.runtime.act;

import dev.ganglion.api.data.Parameter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of the audit log, as JSON; whatever a decision holds comes out as one line of ASCII. */
final class AuditLine {
    private static final int LONGEST = 300;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder json = new StringBuilder(400);
    private final boolean withText;

    private AuditLine(boolean withText) {
        this.withText = withText;
    }

    /**
     * Makes a line.
     *
     * @param of the number of the line that this one is the outcome of, or 0
     * @param times how many attempts of one kind it stands for
     * @param withText whether what was said is written; otherwise the lengths of open text are
     */
    static String of(
            long number,
            String time,
            String actuator,
            @Nullable Attempt attempt,
            Origin origin,
            String outcome,
            String why,
            long of,
            long times,
            boolean withText,
            String before) {
        AuditLine line = new AuditLine(withText);
        line.json.append("{\"n\":").append(number);
        if (of > 0) {
            line.json.append(",\"of\":").append(of);
        }
        line.field("time", time);
        line.field("route", origin.route());
        line.field("trace", origin.trace());
        line.field("stream", origin.stream());
        line.field("model", origin.model());
        line.field("hop", origin.hop());
        String decision = attempt == null ? "" : attempt.decision().name();
        line.field("decision", decision.equals(origin.text()) ? line.said(decision) : decision);
        line.field("actuator", actuator);
        line.field("action", attempt == null ? "" : attempt.name());
        line.json.append(",\"parameters\":{");
        if (attempt != null) {
            String comma = "";
            for (Map.Entry<String, Object> each : attempt.parameters().entrySet()) {
                line.json.append(comma);
                line.text(each.getKey());
                line.json.append(':');
                line.value(attempt, each.getKey(), each.getValue());
                comma = ",";
            }
        }
        line.json.append('}');
        line.field("outcome", outcome);
        if (times > 1) {
            line.json.append(",\"times\":").append(times);
        }
        line.field("why", line.why(attempt, origin, why));
        if (withText) {
            line.field("text", origin.text());
        }
        line.field("before", before);
        return line.json.append('}').toString();
    }

    private String said(String value) {
        return withText || value.isEmpty() ? value : "(" + value.length() + " characters)";
    }

    private static boolean isOpen(Attempt attempt, String parameter) {
        for (Parameter each : attempt.action().parameters()) {
            if (each.name().equals(parameter)) {
                return each.values().isEmpty() && !each.isNumber();
            }
        }
        return true;
    }

    /** A sentence keeps its words; what it quotes of what was said is left out. */
    private String why(@Nullable Attempt attempt, Origin origin, String why) {
        if (withText) {
            return why;
        }
        String shown = unquoted(why, origin.text());
        if (attempt != null) {
            for (Object each : attempt.decision().parameters().values()) {
                shown = each instanceof String text ? unquoted(shown, text) : shown;
            }
            for (Map.Entry<String, Object> each : attempt.parameters().entrySet()) {
                if (each.getValue() instanceof String text && isOpen(attempt, each.getKey())) {
                    shown = unquoted(shown, text);
                }
            }
        }
        return shown;
    }

    private String unquoted(String sentence, String value) {
        if (value.isEmpty() || !sentence.contains(value)) {
            return sentence;
        }
        String length = said(value);
        return sentence.replace("'" + value + "'", "'" + length + "'")
                .replace("=" + value + "}", "=" + length + "}")
                .replace("=" + value + ",", "=" + length + ",");
    }

    private void field(String key, String value) {
        json.append(",\"").append(key).append("\":");
        text(value);
    }

    private void value(Attempt attempt, String key, Object value) {
        if (value instanceof Long || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.append(number.doubleValue());
        } else {
            text(isOpen(attempt, key) ? said(value.toString()) : value.toString());
        }
    }

    private void text(String shown) {
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
