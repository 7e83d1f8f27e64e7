package dev.ganglion.wyoming;

/** What others sent, fit to stand in a sentence. */
final class Quote {
    private static final int SHOWN_CHARACTERS = 40;

    private Quote() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder("'");
        for (int i = 0; i < text.length() && i < SHOWN_CHARACTERS; i++) {
            char c = text.charAt(i);
            shown.append(c < ' ' || c == 0x7F || c == '\uFFFD' ? '?' : c);
        }
        return shown.append(text.length() > SHOWN_CHARACTERS ? "…'" : "'").toString();
    }
}
