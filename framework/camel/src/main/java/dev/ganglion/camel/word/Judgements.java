package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.record.Outcome;
import dev.ganglion.runtime.report.Report;
import java.util.ArrayList;
import java.util.List;

/** How the decisions of one message came as far as a device, for who records it. One thread. */
final class Judgements {
    private List<Judgement> all = List.of();

    /** {@return what watches over a decision} */
    Judgement add(Decision about) {
        if (all.isEmpty()) {
            all = new ArrayList<>(1);
        }
        Judgement judgement = new Judgement(about);
        all.add(judgement);
        return judgement;
    }

    /** {@return what came of an input: a decision, and what was done about it} */
    Outcome outcome(long input, Report report) {
        long turn = 0;
        boolean byDevice = false;
        for (Judgement each : all) {
            if (each.isAbout(report.decision())) {
                turn = each.turn();
                byDevice = each.asked();
            }
        }
        Action done = report.action();
        return new Outcome(
                input,
                report.decision(),
                report.model().toString(),
                report.stepsSpent(),
                report.stepsTotal(),
                done,
                byDevice && done != null && !done.performed(),
                turn,
                0,
                "");
    }

    /** {@return that an input failed, at a device or before} */
    Outcome failure(long input, String sentence) {
        long turn = 0;
        int asked = 0;
        for (Judgement each : all) {
            turn = turn == 0 ? each.turn() : turn;
            if (each.failed()) {
                return Outcome.failed(input, sentence, true, turn, asked);
            }
            asked += each.asked() ? 1 : 0;
        }
        return Outcome.failed(input, sentence, false, turn, 0);
    }
}
