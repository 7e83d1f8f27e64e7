package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.runtime.act.ActionGate;

/** How a decision came as far as a device, for who records it. */
final class Judgement implements ActionGate.Witness {
    private final Decision decision;
    private long turn;
    private boolean asked;
    private boolean answered;

    Judgement(Decision decision) {
        this.decision = decision;
    }

    @Override
    public void judged(boolean deviceIsAsked) {
        turn = Taken.nextTurn();
        asked = deviceIsAsked;
    }

    /** The device has done it or refused it. */
    void answered() {
        answered = true;
    }

    boolean isAbout(Decision other) {
        return decision == other;
    }

    /** {@return its place among all judgements, 0 when it did not come that far} */
    long turn() {
        return turn;
    }

    boolean asked() {
        return asked;
    }

    boolean failed() {
        return asked && !answered;
    }
}
