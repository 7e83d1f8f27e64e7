package dev.ganglion.actuator.speech;

import dev.ganglion.api.data.GanglionException;
import java.util.regex.Pattern;

/** Decides what may be spoken: words, and nothing by which a text could give orders to a voice. */
final class SpokenText {
    /** SSML and its like. */
    private static final Pattern MARKUP = Pattern.compile("<[/!?\\p{L}]");

    private SpokenText() {}

    /**
     * {@return the text on one line}
     *
     * @throws GanglionException of kind INPUT when it is empty, too long, or not only words
     */
    static String checked(Settings settings, Object given) {
        String text =
                String.valueOf(given).replaceAll("[\\t\\r\\n\\u0085\\u2028\\u2029]+", " ").strip();
        if (text.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw refused(settings, "a text with something to say was expected, found none");
        }
        if (text.length() > settings.maximumCharacters()) {
            throw refused(
                    settings,
                    "a text of at most "
                            + settings.maximumCharacters()
                            + " characters was expected, found "
                            + text.length()
                            + "; say less, or raise the option maxCharacters");
        }
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int point = text.codePointAt(i);
            int type = Character.getType(point);
            // espeak-ng takes orders after control characters; halves of characters are no text.
            if (type == Character.CONTROL
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED) {
                throw refused(
                        settings,
                        String.format(
                                "words were expected, found the character U+%04X at %d; leave it"
                                        + " out",
                                point, i + 1));
            }
        }
        if (text.contains("[[") || text.contains("]]")) {
            throw refused(
                    settings,
                    "words were expected, found [[ or ]], which marks phonemes; leave it out");
        }
        if (MARKUP.matcher(text).find()) {
            throw refused(settings, "words were expected, found markup in < >; leave it out");
        }
        return text;
    }

    private static GanglionException refused(Settings settings, String what) {
        return new GanglionException(GanglionException.Kind.INPUT, settings.owner() + ": " + what);
    }
}
