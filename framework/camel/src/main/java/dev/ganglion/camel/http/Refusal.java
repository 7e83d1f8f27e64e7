package dev.ganglion.camel.http;

/**
 * Why a request is not taken.
 *
 * @param status of HTTP
 * @param sentence for the client: what was expected, what was found, what to do
 * @param retryAfterSeconds when it may be taken, 0 for never
 * @param last whether the connection cannot be used any more
 */
record Refusal(int status, String sentence, int retryAfterSeconds, boolean last) {
    static Refusal of(int status, String sentence) {
        return new Refusal(status, sentence, 0, false);
    }

    static Refusal last(int status, String sentence) {
        return new Refusal(status, sentence, 0, true);
    }

    /** {@return the same, but the connection cannot be used any more} */
    Refusal ending() {
        return new Refusal(status, sentence, retryAfterSeconds, true);
    }

    static Refusal tooMany(String what, int seconds) {
        return new Refusal(
                429, what + "; send it again in " + seconds + " s", Math.max(1, seconds), false);
    }
}
