package dev.ganglion.camel.word;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.ActionGate;
import dev.ganglion.runtime.act.Origin;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code act:} does what the actions file says about each decision in the body; the body stays. */
final class ActProducer extends DefaultProducer {
    private static final Logger log = LoggerFactory.getLogger(ActProducer.class);

    private final WordEndpoint endpoint;
    private @Nullable PlugInUse<Actuator, ActionGate> gate;
    private boolean speaks;
    private boolean isLast;

    ActProducer(WordEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Options own = StepOptions.own(endpoint.step());
        Path rules = own.has("actions") ? own.path("actions") : null;
        Replay replay = endpoint.words().replay();
        PlugInUse<Actuator, ActionGate> opened =
                new PlugInUse<>(
                        endpoint,
                        Actuator.class,
                        actuator ->
                                new ActionGate(
                                        replay == null || replay.acts()
                                                ? actuator
                                                : new DryActuator(actuator, replay),
                                        StepOptions.of(endpoint.step(), actuator.options()),
                                        rules,
                                        endpoint.words().envelopes()));
        opened.open();
        gate = opened;
        speaks = saysTheAnswer(endpoint.step());
        List<RouteStep> steps = endpoint.route().steps();
        isLast =
                steps.subList(steps.lastIndexOf(endpoint.step()) + 1, steps.size()).stream()
                        .noneMatch(step -> step.word().equals("act") && !saysTheAnswer(step));
    }

    /** Whether what a device does there is to say the answer, which must be known before. */
    private static boolean saysTheAnswer(RouteStep step) {
        Options own = StepOptions.own(step);
        try {
            return own.has("actions") && Files.readString(own.path("actions")).contains("{reply");
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the actions file " + own.path("actions") + " of " + step + " cannot be read",
                    e);
        }
    }

    @Override
    protected void doStop() throws Exception {
        PlugInUse<Actuator, ActionGate> open = gate;
        gate = null;
        if (open != null) {
            ActionGate known = open.known();
            if (known != null && endpoint.words().abandons(endpoint.route())) {
                makeSafe(known);
            }
            open.close();
        }
        super.doStop();
    }

    private void makeSafe(ActionGate abandoned) {
        try {
            abandoned.makeSafe("its route stopped");
        } catch (RuntimeException | LinkageError e) {
            log.error("{} was not made safe; look after the device", endpoint.step(), e);
        }
    }

    @Override
    public void process(Exchange exchange) {
        PlugInUse<Actuator, ActionGate> use = gate;
        if (use == null) {
            throw new GanglionException(
                    Kind.RETRY,
                    endpoint.step() + " is stopped; send the message again when its route runs");
        }
        ActionGate open = use.get();
        Flow flow = Flow.of(exchange, endpoint);
        long startNanos = flow.enter(endpoint.step());
        if (speaks) {
            flow.answer();
        }
        try {
            act(open, exchange.getMessage().getBody(), flow);
        } catch (RuntimeException | Error e) {
            flow.actFailed();
            throw e;
        }
        flow.actNanos += flow.leave() - startNanos;
        if (!speaks && (isLast || flow.hasAction())) {
            flow.answer();
            flow.leave();
        }
    }

    private void act(ActionGate open, @Nullable Object body, Flow flow) {
        if (body instanceof Decision decision) {
            flow.acted(perform(open, flow.answered(decision), flow));
        } else if (body instanceof List<?> list
                && !list.isEmpty()
                && list.get(0) instanceof Decision) {
            List<@Nullable Action> actions = new ArrayList<>(list.size());
            for (Object each : list) {
                actions.add(perform(open, (Decision) each, flow));
            }
            flow.acted(actions);
        } else {
            throw new GanglionException(
                    Kind.SETUP,
                    endpoint.step()
                            + " acts on decisions, found "
                            + body
                            + "; put a decide: before it");
        }
    }

    private static @Nullable Action perform(ActionGate gate, Decision decision, Flow flow) {
        Judgement judgement = flow.judging(decision);
        Origin origin = decision.sure() ? flow.whence() : Origin.UNKNOWN;
        Action action = gate.perform(decision, flow.takenNanos(), judgement, origin);
        if (judgement != null) {
            judgement.answered();
        }
        return action;
    }
}
