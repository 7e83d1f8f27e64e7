package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.report.Hop;
import dev.ganglion.runtime.report.Spoken;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said about one message: who was asked, what is answered, and who hears it. The device
 * comes first: a model goes on to its answer only when the action was performed, so that nobody
 * waits for words, and none of them says what was not done. One thread.
 */
final class Speech {
    private static final Logger log = LoggerFactory.getLogger(Speech.class);

    /** What is said, and answered, but no action. */
    private static final String NOTHING_TO_DO = "none";

    private static final int SPOKEN_CHARS = 120;

    private final Sensor.@Nullable Follower follower;
    private final StringBuilder reply = new StringBuilder();
    private List<Hop> hops = List.of();
    private @Nullable SessionSteps speaking;
    private int tokens;
    private String fixed = "";
    private String otherwise = "";
    private boolean understood;
    private boolean sound;
    private boolean answered;
    private boolean told;
    private boolean gone;

    Speech(Sensor.@Nullable Follower follower) {
        this.follower = follower;
    }

    /** {@return what a copy of the message knows: nobody hears it, and no model goes on for it} */
    Speech copy() {
        Speech copy = new Speech(null);
        copy.hops = hops;
        copy.tokens = tokens;
        copy.fixed = fixed;
        copy.otherwise = otherwise;
        copy.understood = understood;
        copy.sound = sound;
        copy.answered = answered;
        copy.reply.append(reply);
        return copy;
    }

    /** What was said is known. */
    void heard(CharSequence text) {
        if (follower != null) {
            follower.heard(text);
        }
    }

    /** It was sound, for which a model needed so many tokens. */
    void listened(int spent) {
        sound = true;
        tokens += spent;
    }

    /**
     * Somebody understood it, or nobody.
     *
     * @param asked who was asked
     * @param goingOn the model that goes on to its answer, or null
     * @param said the answer when it is known already
     * @param unsure the answer when nobody was sure
     */
    void understood(List<Hop> asked, @Nullable SessionSteps goingOn, String said, String unsure) {
        understood = true;
        hops = asked;
        for (Hop each : asked) {
            tokens += each.tokens();
        }
        speaking = goingOn;
        fixed = said;
        otherwise = unsure;
    }

    /** Answers, once: the device has done it or refused it, or there is none. */
    void answer(Decision decision, @Nullable Action action, boolean failed) {
        if (answered) {
            return;
        }
        answered = true;
        String refusal = action == null ? "" : action.refusal();
        if (follower != null) {
            follower.decided(decision, refusal);
        }
        if (failed) {
            say("That failed.");
        } else if (!refusal.isEmpty()) {
            say("I did not do that: " + shortened(refusal));
        } else if (!decision.sure()) {
            say(otherwise);
        } else if (action == null && understood && !decision.name().equals(NOTHING_TO_DO)) {
            say("Nothing was done: nothing here does '" + decision.name() + "'.");
        } else if (speaking != null) {
            goOn(speaking);
        } else {
            say(fixed);
        }
    }

    /** Nobody listens to a list of all there is; whoever reads the log has it. */
    private static String shortened(String refusal) {
        if (refusal.length() <= SPOKEN_CHARS) {
            return refusal;
        }
        int end = refusal.lastIndexOf(' ', SPOKEN_CHARS);
        return refusal.substring(0, end < 0 ? SPOKEN_CHARS : end) + " …";
    }

    private void goOn(SessionSteps steps) {
        int before = steps.count();
        int from = endOfObject(steps.said());
        try {
            boolean more = true;
            while (more && !gone) {
                more = steps.advance();
                CharSequence said = steps.said();
                while (reply.length() == 0
                        && from < said.length()
                        && Character.isWhitespace(said.charAt(from))) {
                    from++;
                }
                if (from < said.length()) {
                    say(said.subSequence(from, said.length()));
                    from = said.length();
                }
            }
        } catch (RuntimeException | LinkageError e) {
            // The action stands; what is missing is the rest of a sentence.
            log.warn("an answer was broken off ({})", e.toString());
        } finally {
            tokens += steps.count() - before;
        }
    }

    private void say(CharSequence piece) {
        reply.append(piece);
        if (follower != null && piece.length() > 0 && !gone) {
            try {
                follower.said(piece);
            } catch (GanglionException e) {
                // Nobody listens any more, but what was done was done.
                gone = true;
            }
        }
    }

    /** Nothing more comes of it. */
    void ended(String failure) {
        if (follower != null && !told) {
            told = true;
            follower.ended(failure);
        }
    }

    /** {@return whether somebody hears what comes of it} */
    boolean isFollowed() {
        return follower != null;
    }

    /** {@return whether it was answered} */
    boolean isAnswered() {
        return answered;
    }

    /** {@return the answer as far as it was said} */
    String reply() {
        return reply.toString();
    }

    /** {@return who answered, or empty} */
    String hop() {
        return understood ? new Spoken("", hops, 0, false).hop() : "";
    }

    /** {@return what a report says of it, null when it was not about language} */
    @Nullable Spoken spoken() {
        return understood ? new Spoken(reply.toString(), hops, tokens, sound) : null;
    }

    /** {@return where the first JSON object of a text ends, 0 when there is none} */
    static int endOfObject(CharSequence said) {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < said.length(); i++) {
            char c = said.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"' && depth > 0) {
                quoted = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && depth > 0 && --depth == 0) {
                return i + 1;
            }
        }
        return 0;
    }
}
