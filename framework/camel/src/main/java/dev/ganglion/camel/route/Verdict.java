package dev.ganglion.camel.route;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.report.Slowest.Look;
import dev.ganglion.runtime.report.Slowest.Part;
import dev.ganglion.runtime.report.Slowest.Slow;
import dev.ganglion.runtime.report.Statistics.Figures;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which part of a route its slow messages spend their time in, and what to do about it. */
final class Verdict {
    /** A message that took so many times the median was slow because it came first. */
    private static final long COLD_TIMES = 5;

    /** Below so many times the median nothing is out of the ordinary. */
    private static final long SLOW_TIMES = 2;

    private static final double WORTH_SAYING = 0.25;

    /** A part that takes others a fraction of what it took the slow ones is not slow by itself. */
    private static final long SPORADIC_TIMES = 5;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RouteSteps steps;
    private final Look look;
    private final @Nullable Figures figures;
    private final long medianNanos;
    private final List<Slow> cold;
    private final List<Report> slow;
    private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
    private final long totalNanos;

    /**
     * Over what is known of a route.
     *
     * @param steps its steps
     * @param look at least one message
     * @param figures of the same route, for the medians
     */
    Verdict(RouteSteps steps, Look look, @Nullable Figures figures) {
        this.steps = steps;
        this.look = look;
        this.figures = figures;
        this.medianNanos = medianNanos("total");
        this.cold = cold();
        this.slow =
                look.slowest().stream()
                        .filter(each -> !cold.contains(each))
                        .map(Slow::report)
                        .toList();
        for (Part part : Part.values()) {
            nanos.put(part, slow.stream().mapToLong(part::nanos).sum());
        }
        this.totalNanos = Math.max(1, nanos.values().stream().mapToLong(Long::longValue).sum());
    }

    /** {@return the median of all messages, 0 when it is not known} */
    private long medianNanos(String stage) {
        return figures == null ? 0 : figures.microsP50().getOrDefault(stage, 0L) * 1000;
    }

    /** The first messages, as long as they stand out by much; the first that does not ends them. */
    private List<Slow> cold() {
        List<Slow> byOrdinal =
                look.slowest().stream().sorted(Comparator.comparingLong(Slow::ordinal)).toList();
        List<Slow> first = new ArrayList<>();
        for (Slow each : byOrdinal) {
            if (each.ordinal() != first.size() + 1
                    || medianNanos == 0
                    || each.report().totalNanos() < COLD_TIMES * medianNanos) {
                break;
            }
            first.add(each);
        }
        return first;
    }

    /** {@return for each part its share in the time of the slow messages, in percent} */
    Map<String, Long> shares() {
        Map<String, Long> shares = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            shares.put(part.name().toLowerCase(Locale.ROOT), Math.round(100 * share(part)));
        }
        return shares;
    }

    /** {@return for each part its share in the time of all messages, in percent} */
    Map<String, Long> sharesOfAll() {
        Map<String, Long> shares = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            shares.put(part.name().toLowerCase(Locale.ROOT), Math.round(100 * shareOfAll(part)));
        }
        return shares;
    }

    private double share(Part part) {
        return nanos.getOrDefault(part, 0L) / (double) totalNanos;
    }

    private double shareOfAll(Part part) {
        long all = look.nanos().values().stream().mapToLong(Long::longValue).sum();
        return look.nanos().getOrDefault(part, 0L) / (double) Math.max(1, all);
    }

    /** {@code 83 % of the slow messages, 60 % of all} */
    private String shareText(Part part) {
        return Math.round(100 * share(part))
                + " % of the slow messages, "
                + Math.round(100 * shareOfAll(part))
                + " % of all";
    }

    /** {@return what there is to say, the most important first} */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        boolean othersAreSlow =
                slow.stream().anyMatch(each -> each.totalNanos() >= SLOW_TIMES * medianNanos);
        if (!cold.isEmpty()) {
            sentences.add(coldSentence(!othersAreSlow));
        }
        if (slow.isEmpty()) {
            return sentences;
        }
        if (!othersAreSlow) {
            sentences.add(
                    "no "
                            + (cold.isEmpty() ? "" : "other ")
                            + "message stands out: the slowest took "
                            + duration(slow.get(0).totalNanos())
                            + ", the median is "
                            + duration(medianNanos));
        }
        List<Part> parts = new ArrayList<>(nanos.keySet());
        parts.sort(Comparator.comparingDouble(this::share).reversed());
        for (Part part : parts) {
            if (part == parts.get(0) || share(part) >= WORTH_SAYING) {
                sentences.add(sentence(part));
            }
        }
        long heldNanos = mean(slow.stream().mapToLong(Report::heldNanos).sum());
        if (heldNanos >= NANOS_PER_MILLI && heldNanos >= mean(totalNanos) / 2) {
            sentences.add(held(heldNanos));
        }
        return sentences;
    }

    private String coldSentence(boolean only) {
        long times = cold.get(0).report().totalNanos() / medianNanos;
        String which =
                cold.size() == 1
                        ? "the first message was slow"
                        : "the first " + cold.size() + " messages were slow";
        return (only ? "only " : "")
                + which
                + ": code and model were cold (it is "
                + times
                + " times the median)"
                + (only ? "" : "; what follows is about the others");
    }

    private String sentence(Part part) {
        return switch (part) {
            case WAIT -> waiting();
            case ENCODE -> takes(part, steps.named("encode")) + lessEncoding();
            case INFER -> takes(part, "infer:" + models()) + lessInference();
            case DECIDE -> takes(part, steps.named("decide")) + lessDeciding();
            case ACT ->
                    takes(part, steps.named("act"))
                            + ": put it behind seda:, so that no message waits for the device of"
                            + " another";
            case OTHER -> others();
        };
    }

    /** {@code infer:nlu takes 83 % of the slow messages, 60 % of all (1.9 ms each; …)} */
    private String takes(Part part, String step) {
        long median = medianNanos(part.name().toLowerCase(Locale.ROOT));
        return step
                + " takes "
                + shareText(part)
                + " ("
                + duration(each(part))
                + " each"
                + (median == 0 ? "" : "; the median of all is " + duration(median))
                + ")";
    }

    private String lessEncoding() {
        RouteStep encoder = steps.of("encode", FeatureExtractor.class);
        return encoder == null
                ? ": give it shorter texts, or choose another encoder"
                : ": give it less to compute"
                        + numbers(encoder, FeatureExtractor.class, any -> true)
                        + ", or choose another encoder";
    }

    private String numbers(
            @Nullable RouteStep step, Class<? extends Plugin> kind, Predicate<String> wanted) {
        return steps.numbers(step, kind, wanted, slow.get(0).model().name());
    }

    private String models() {
        return slow.stream()
                .map(report -> report.model().name())
                .distinct()
                .collect(Collectors.joining(", infer:"));
    }

    private String lessInference() {
        String threads = steps.threads(slow.get(0).model());
        return threads.isEmpty()
                ? ": use a smaller model, or another engine"
                : ": use a smaller model, or more threads (options in its card: " + threads + ")";
    }

    private String lessDeciding() {
        RouteStep decider = steps.of("decide", Decider.class);
        String above = numbers(decider, Decider.class, name -> name.startsWith("above"));
        return ": choose another decider"
                + (above.isEmpty() ? "" : ", or let it be sure earlier" + above);
    }

    private String waiting() {
        String wait =
                "messages wait "
                        + duration(each(Part.WAIT))
                        + " before they are taken up ("
                        + shareText(Part.WAIT)
                        + ")";
        RouteStep segmenter = steps.of("encode", Segmenter.class);
        String holds =
                segmenter == null
                        ? ""
                        : "; a part of it may be "
                                + segmenter
                                + ", which holds samples back until it knows that an utterance began"
                                + numbers(
                                        segmenter,
                                        Segmenter.class,
                                        name -> name.endsWith("Millis"));
        RouteStep sensor = steps.first();
        if (sensor == null || !sensor.word().equals("sense")) {
            return wait
                    + ", in steps that are not Ganglion's"
                    + (sensor == null ? "" : ": look at what stands before " + sensor)
                    + " in the file";
        }
        Options own = StepOptions.own(sensor);
        long threads = own.integer("threads");
        boolean oneStream = slow.stream().map(Report::stream).distinct().count() == 1;
        long dropped = figures == null ? 0 : figures.dropped();
        if (dropped == 0 && each(Part.WAIT) < NANOS_PER_MILLI) {
            return wait
                    + ": that is the way from the thread of "
                    + sensor
                    + " to that of the route, and nothing has to be done about it"
                    + holds;
        }
        return wait
                + ": they come faster than "
                + (threads == 1 ? "one thread handles" : threads + " threads handle")
                + " them; set threads= ("
                + threads
                + " now"
                + (oneStream ? ", which helps only several streams, and here is one" : "")
                + ") or whenFull= ("
                + own.text("whenFull")
                + " now, with queue="
                + own.integer("queue")
                + ") at "
                + sensor
                + (dropped == 0 ? "" : "; " + dropped + " were dropped")
                + holds;
    }

    private String others() {
        Map<String, Long> gaps = new HashMap<>();
        slow.forEach(report -> gaps.merge(report.gapBefore(), report.gapNanos(), Long::sum));
        Map.Entry<String, Long> widest =
                gaps.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        String share = shareText(Part.OTHER);
        RouteStep last = steps.last();
        String which;
        if (widest.getValue() >= nanos.getOrDefault(Part.OTHER, 0L) / 2) {
            which =
                    duration(mean(widest.getValue()))
                            + " pass before "
                            + widest.getKey()
                            + " in steps that are not Ganglion's ("
                            + share
                            + "): look at what stands before it in the file";
        } else if (slow.get(0).action() == null && last != null) {
            which =
                    duration(each(Part.OTHER))
                            + " pass in steps that are not Ganglion's, most of it after "
                            + last
                            + " ("
                            + share
                            + "): look at what stands after it in the file";
        } else {
            which =
                    duration(each(Part.OTHER))
                            + " pass in several steps that are not Ganglion's ("
                            + share
                            + "); the longest is before "
                            + widest.getKey();
        }
        return which + sporadic();
    }

    /** What the other messages do not know is no step of the route. */
    private String sporadic() {
        long others = look.decisions() - look.slowest().size();
        long othersNanos = look.nanos().getOrDefault(Part.OTHER, 0L);
        for (Slow each : look.slowest()) {
            othersNanos -= Part.OTHER.nanos(each.report());
        }
        return others <= 0
                        || othersNanos < 0
                        || othersNanos / others * SPORADIC_TIMES > each(Part.OTHER)
                ? ""
                : "; the other messages spend "
                        + duration(othersNanos / others)
                        + " so, thus it may be a pause of Java or of the machine, too";
    }

    private String held(long heldNanos) {
        RouteStep encoder = steps.of("encode", FeatureExtractor.class);
        String options =
                numbers(
                        encoder,
                        FeatureExtractor.class,
                        name -> name.matches("(?i).*(length|hop|window|stack).*"));
        return (encoder == null ? "the encoder" : encoder)
                + " gathers for "
                + duration(heldNanos)
                + " before it gives anything, and no figure above counts that: "
                + (options.isEmpty()
                        ? "an encoder that gives something earlier is faster"
                        : "make smaller what it gathers" + options);
    }

    private long each(Part part) {
        return mean(nanos.getOrDefault(part, 0L));
    }

    private long mean(long sumNanos) {
        return sumNanos / slow.size();
    }

    /** {@return a time as people say it, with two digits that count} */
    static String duration(long nanos) {
        double micros = nanos / 1e3;
        return micros < 1_000
                ? String.format(Locale.ROOT, "%.0f µs", micros)
                : micros < 10_000
                        ? String.format(Locale.ROOT, "%.1f ms", micros / 1e3)
                        : micros < 1_000_000
                                ? String.format(Locale.ROOT, "%.0f ms", micros / 1e3)
                                : String.format(Locale.ROOT, "%.1f s", micros / 1e6);
    }
}
