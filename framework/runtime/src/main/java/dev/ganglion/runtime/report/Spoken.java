package dev.ganglion.runtime.report;

import java.util.List;

/**
 * What a decision about language has beside others.
 *
 * @param reply what is answered; may be empty
 * @param hops who was asked, in that order; one when there is no cascade
 * @param tokensSpent how many tokens all models said for it, the reply included
 * @param heard whether the text is what sound was taken for
 */
public record Spoken(String reply, List<Hop> hops, int tokensSpent, boolean heard) {
    /** Copies the list. */
    public Spoken {
        hops = List.copyOf(hops);
    }

    /** {@return who answered, or empty when nobody did} */
    public String hop() {
        for (Hop each : hops) {
            if (each.sure()) {
                return each.stage();
            }
        }
        for (int i = hops.size() - 1; i >= 0; i--) {
            if (hops.get(i).why().isEmpty()) {
                return hops.get(i).stage();
            }
        }
        return "";
    }
}
