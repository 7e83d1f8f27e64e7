package dev.ganglion.decider.slots;

import dev.ganglion.api.data.Tokens;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the words of a text and collects its slots. A word is what stands between white space;
 * its tag is the best class at its first token, and tokens without text have no say. Reused; one
 * thread.
 */
final class SlotReader {
    private final Tags tags;
    private final int classes;
    private final Map<String, Object> slots = new LinkedHashMap<>();

    private CharSequence text = "";
    private @Nullable String type;
    private int slotStart;
    private int slotEnd;

    SlotReader(Tags tags, int classes) {
        this.tags = tags;
        this.classes = classes;
    }

    /** {@return the slots of the last text; overwritten by the next} */
    Map<String, Object> slots() {
        return slots;
    }

    /**
     * Reads one text.
     *
     * @param scores one row per token; more rows than tokens are padding
     * @return -1, or the first token whose scores are NaN or infinite
     */
    int read(Tokens tokens, FloatBuffer scores) {
        slots.clear();
        type = null;
        text = tokens.text();
        int wordEnd = 0;
        int bad = -1;
        for (int token = 0; token < tokens.size() && bad < 0; token++) {
            int start = firstLetter(tokens, token);
            if (start < 0 || start < wordEnd) {
                continue;
            }
            int tag = Scores.highest(scores, token * classes, classes);
            if (tag < 0) {
                bad = token;
                continue;
            }
            int wordStart = wordStart(start, wordEnd);
            wordEnd = wordEnd(start);
            word(tag, wordStart, wordEnd);
        }
        endSlot();
        text = "";
        return bad;
    }

    private void word(int tag, int start, int end) {
        String found = tags.type(tag);
        boolean goesOn = found != null && found == type && !tags.begins(tag);
        if (!goesOn) {
            endSlot();
            type = found;
            slotStart = start;
        }
        slotEnd = end;
    }

    private void endSlot() {
        String name = type;
        type = null;
        if (name == null) {
            return;
        }
        String value = SlotText.cut(text, slotStart, slotEnd);
        if (value.isEmpty()) {
            return;
        }
        String free = name;
        for (int number = 2; slots.containsKey(free); number++) {
            free = name + "_" + number;
        }
        slots.put(free, value);
    }

    /** Vocabularies that keep spaces count the one before a word as part of its first token. */
    private int firstLetter(Tokens tokens, int token) {
        int end = Math.min(tokens.end(token), text.length());
        for (int i = tokens.start(token); i < end; i++) {
            if (!SlotText.isSpace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private int wordStart(int inside, int previousEnd) {
        int start = inside;
        while (start > previousEnd && !SlotText.isSpace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private int wordEnd(int inside) {
        int end = inside;
        while (end < text.length() && !SlotText.isSpace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
