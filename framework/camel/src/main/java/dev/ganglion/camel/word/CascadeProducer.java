package dev.ganglion.camel.word;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.camel.word.CascadeStage.Understood;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.report.Hop;
import dev.ganglion.runtime.wiring.CascadeFile;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;

/**
 * {@code cascade:} asks one stage after the other until one is sure; the decision becomes the body.
 * A stage that fails is passed over like one that does not know: only when nobody could be asked
 * does the message fail.
 */
final class CascadeProducer extends DefaultProducer {
    private static final Decision NOTHING = new Decision("none", Map.of(), 0, false);

    private final WordEndpoint endpoint;
    private final List<CascadeStage> stages = new ArrayList<>();
    private final String otherwise;
    private final long budgetNanos;
    private final boolean reply;

    CascadeProducer(WordEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        Options own = StepOptions.own(endpoint.step());
        CascadeFile file = CascadeFile.read(endpoint.step());
        for (CascadeFile.Stage stage : file.stages()) {
            stages.add(
                    CascadeStage.of(
                            stage, endpoint, own.text("privacy"), endpoint.words().peerRules()));
        }
        this.otherwise = file.otherwise();
        // A replay is as fast as it can be, and must come to the same.
        this.budgetNanos =
                endpoint.words().replay() != null
                        ? 0
                        : TimeUnit.MILLISECONDS.toNanos(own.integer("budgetMillis"));
        this.reply = own.flag("reply");
    }

    @Override
    public void process(Exchange exchange) {
        Flow flow = Flow.of(exchange, endpoint);
        flow.enter(endpoint.step());
        CharSequence text = Texts.of(exchange, endpoint.step(), flow);
        if (text.toString().isBlank()) {
            // Nothing was said: a cough, a click.
            exchange.setRouteStop(true);
            return;
        }
        List<Hop> hops = new ArrayList<>(stages.size());
        Understood best = null;
        GanglionException failure = null;
        boolean heard = false;
        for (int i = 0; i < stages.size(); i++) {
            CascadeStage stage = stages.get(i);
            long startNanos = System.nanoTime();
            try {
                String why = i == 0 ? stage.refusal() : refusal(stage, flow);
                if (why != null) {
                    hops.add(new Hop(stage.name(), "", 0, false, 0, 0, why));
                    continue;
                }
                Understood found = stage.ask(text, flow, leftNanos(flow));
                long tookNanos = System.nanoTime() - startNanos;
                stage.pace().took(tookNanos);
                flow.decideNanos += stage.isModel() ? 0 : tookNanos;
                hops.add(hop(stage, found, tookNanos));
                heard = true;
                best = found == null ? best : found;
                if (found != null && found.decision().sure()) {
                    break;
                }
            } catch (RuntimeException | LinkageError e) {
                failure = e instanceof GanglionException known ? known : broken(stage, e);
                flow.takeDecision();
                long tookNanos = System.nanoTime() - startNanos;
                stage.pace().took(tookNanos);
                String why = String.valueOf(failure.getMessage());
                hops.add(new Hop(stage.name(), "", 0, false, tookNanos, 0, why));
            }
        }
        if (!heard && failure != null) {
            throw failure;
        }
        Decision decision = best == null ? NOTHING : best.decision();
        SessionSteps goingOn = best == null || !reply ? null : best.steps();
        flow.understood(
                decision, best == null ? null : best.lane(), best == null ? null : best.model());
        flow.speech().understood(hops, goingOn, best == null ? "" : best.reply(), otherwise);
        exchange.getMessage().setBody(decision);
        flow.leave();
    }

    private GanglionException broken(CascadeStage stage, Throwable thrown) {
        return new GanglionException(
                GanglionException.Kind.RETRY,
                endpoint.step() + " failed at its stage '" + stage.name() + "' (" + thrown + ")",
                thrown);
    }

    private long leftNanos(Flow flow) {
        return budgetNanos == 0
                ? Long.MAX_VALUE
                : Math.max(1, flow.capturedNanos() + budgetNanos - System.nanoTime());
    }

    private @Nullable String refusal(CascadeStage stage, Flow flow) {
        if (budgetNanos > 0) {
            long leftNanos = flow.capturedNanos() + budgetNanos - System.nanoTime();
            long needsNanos = stage.pace().expectedNanos();
            if (leftNanos <= 0 || needsNanos > leftNanos) {
                stage.pace().passedOver();
                return "it takes about "
                        + TimeUnit.NANOSECONDS.toMillis(needsNanos)
                        + " ms, and "
                        + TimeUnit.NANOSECONDS.toMillis(Math.max(0, leftNanos))
                        + " ms are left";
            }
        }
        return stage.refusal();
    }

    private static Hop hop(CascadeStage stage, @Nullable Understood found, long tookNanos) {
        if (found == null) {
            return new Hop(stage.name(), "", 0, false, tookNanos, 0, "it has no answer");
        }
        SessionSteps steps = found.steps();
        return new Hop(
                stage.name(),
                found.decision().name(),
                found.decision().confidence(),
                found.decision().sure(),
                tookNanos,
                steps == null ? 0 : steps.count(),
                "");
    }
}
