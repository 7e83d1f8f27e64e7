package dev.ganglion.runtime.cascade.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a template apart. Descends into groups; every refusal says what was expected and what
 * stands there.
 */
final class TemplateParser {
    /** How many words {@code *} takes. */
    private static final int ANY_WORDS = 5;

    /** What the names in a template stand for. */
    interface Names {
        /** {@return what {@code <name>} stands for, or null} */
        @Nullable Piece phrase(String name);

        /** {@return the list of that name, or null} */
        @Nullable PhraseList list(String name);

        /** {@return the template of that name in the lists, or null} */
        @Nullable Piece shape(String name);

        /** {@return a failure with a sentence} */
        RuntimeException refusal(String sentence);

        /** {@return the names of phrases, for messages} */
        Collection<String> phrases();

        /** {@return the names of lists, for messages} */
        Collection<String> lists();
    }

    private final String template;
    private final Names names;
    private int at;

    private TemplateParser(String template, Names names) {
        this.template = template;
        this.names = names;
    }

    /** {@return the template, taken apart} Throws what {@code names} refuses with. */
    static Piece parse(String template, Names names) {
        TemplateParser parser = new TemplateParser(template, names);
        Piece piece = parser.alternatives();
        if (parser.at < template.length()) {
            throw parser.wrong("nothing that closes no group");
        }
        return piece;
    }

    private Piece alternatives() {
        List<Piece> options = new ArrayList<>(2);
        options.add(sequence());
        while (at < template.length() && template.charAt(at) == '|') {
            at++;
            options.add(sequence());
        }
        return options.size() == 1 ? options.get(0) : new Piece.OneOf(options);
    }

    private Piece sequence() {
        List<Piece> pieces = new ArrayList<>();
        while (at < template.length() && "|])".indexOf(template.charAt(at)) < 0) {
            char c = template.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '[') {
                pieces.add(new Piece.OneOf(List.of(group(']'), Piece.NOTHING)));
            } else if (c == '(') {
                pieces.add(group(')'));
            } else if (c == '{') {
                pieces.add(slot(upTo('}')));
            } else if (c == '<') {
                pieces.add(phrase(upTo('>')));
            } else if (c == '*') {
                at++;
                boolean ofAll = at < template.length() && template.charAt(at) == '*';
                at += ofAll ? 1 : 0;
                pieces.add(anyWords(digits(), ofAll));
            } else {
                pieces.add(word());
            }
        }
        return pieces.size() == 1 ? pieces.get(0) : new Piece.InOrder(pieces);
    }

    private Piece group(char closing) {
        at++;
        Piece inside = alternatives();
        if (at >= template.length() || template.charAt(at) != closing) {
            throw wrong("'" + closing + "'");
        }
        at++;
        return inside;
    }

    private String upTo(char closing) {
        int end = template.indexOf(closing, at);
        if (end < 0) {
            throw wrong("'" + closing + "'");
        }
        String inside = template.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private int digits() {
        int start = at;
        while (at < template.length() && Character.isDigit(template.charAt(at)) && at < start + 2) {
            at++;
        }
        int count = start == at ? ANY_WORDS : Integer.parseInt(template.substring(start, at));
        if (count < 1 || count > 20) {
            throw wrong("after * how many words it takes at most, from 1 to 20,");
        }
        return count;
    }

    /** As few words as will do. */
    private static Piece anyWords(int most, boolean ofAll) {
        Piece words = new Piece.AnyWord(ofAll);
        for (int i = 1; i < most; i++) {
            words =
                    new Piece.InOrder(
                            List.of(
                                    new Piece.AnyWord(ofAll),
                                    new Piece.OneOf(List.of(Piece.NOTHING, words))));
        }
        return words;
    }

    /** A word, with endings when a group follows without a blank: {@code light[s]}. */
    private Piece word() {
        int start = at;
        while (at < template.length() && " \t\n[](){}<>|*".indexOf(template.charAt(at)) < 0) {
            at++;
        }
        if (at == start) {
            throw wrong("a word");
        }
        String stem = template.substring(start, at);
        char next = at < template.length() ? template.charAt(at) : ' ';
        if (next != '[' && next != '(') {
            return words(stem);
        }
        String inside = upTo(next == '[' ? ']' : ')');
        List<Piece> options = new ArrayList<>();
        for (String ending : inside.split("\\|", -1)) {
            if (!ending.chars().allMatch(Character::isLetter)) {
                throw wrong("only endings of '" + stem + "', or a blank before the group,");
            }
            options.add(words(stem + ending));
        }
        if (next == '[') {
            options.add(words(stem));
        }
        return new Piece.OneOf(options);
    }

    private Piece words(String written) {
        Words words = Words.of(written);
        if (words.count() == 0) {
            throw wrong("a word of letters or digits instead of '" + written + "'");
        }
        List<Piece> pieces = new ArrayList<>(1);
        for (int i = 0; i < words.count(); i++) {
            pieces.add(new Piece.Word(words.word(i)));
        }
        return pieces.size() == 1 ? pieces.get(0) : new Piece.InOrder(pieces);
    }

    private Piece phrase(String name) {
        Piece phrase = names.phrase(name);
        if (phrase == null) {
            throw wrong("the name of a phrase, one of " + names.phrases(), "<" + name + ">");
        }
        return phrase;
    }

    private Piece slot(String inside) {
        int equals = inside.indexOf('=');
        if (equals == 0 || inside.isBlank() || inside.charAt(0) == ':') {
            throw wrong("{parameter}, {parameter:list} or {parameter=value}", "{" + inside + "}");
        }
        if (equals > 0) {
            return new Piece.Set(
                    inside.substring(0, equals), value(inside.substring(equals + 1).strip()));
        }
        int colon = inside.indexOf(':');
        String parameter = colon < 0 ? inside : inside.substring(0, colon);
        String what = colon < 0 ? inside : inside.substring(colon + 1);
        if (what.startsWith("*")) {
            return new Piece.Said(parameter, parse(what, names));
        }
        PhraseList list = names.list(what);
        if (list != null) {
            return new Piece.Listed(parameter, list);
        }
        Piece shape = names.shape(what);
        if (shape != null) {
            return new Piece.Said(parameter, shape);
        }
        Piece number = number(parameter, what);
        if (number == null) {
            throw wrong("a list, one of " + names.lists() + ", a range like 0-100 or *", what);
        }
        return number;
    }

    private @Nullable Piece number(String parameter, String range) {
        int dash = range.indexOf('-', 1);
        if (dash < 0) {
            return null;
        }
        try {
            String from = range.substring(0, dash);
            String to = range.substring(dash + 1);
            double minimum = Double.parseDouble(from);
            double maximum = Double.parseDouble(to);
            if (!(minimum <= maximum)) {
                throw wrong("a range that goes up", range);
            }
            boolean decimals = from.indexOf('.') >= 0 || to.indexOf('.') >= 0;
            return new Piece.Number(parameter, minimum, maximum, decimals);
        } catch (NumberFormatException notARange) {
            return null;
        }
    }

    private static Object value(String written) {
        try {
            return Long.valueOf(written);
        } catch (NumberFormatException notWhole) {
            return written;
        }
    }

    private RuntimeException wrong(String expected) {
        return wrong(expected, at < template.length() ? template.substring(at) : "its end");
    }

    private RuntimeException wrong(String expected, String found) {
        return names.refusal(
                "the template '"
                        + template
                        + "': "
                        + expected
                        + " expected, found '"
                        + found
                        + "'");
    }
}
