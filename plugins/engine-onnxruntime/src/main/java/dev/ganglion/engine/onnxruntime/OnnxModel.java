package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Loaded weights. The native memory goes with the last session, should the model be closed before
 * its sessions are.
 */
final class OnnxModel implements Model {
    /**
     * A hidden state.
     *
     * @param input what a step reads
     * @param output what the step before it wrote
     */
    record State(TensorSpec input, TensorSpec output) {}

    private static final String PAST = "past_key_values.";
    private static final String PRESENT = "present.";

    private final ModelId id;
    private final LoadedFile file;
    private final @Nullable Encoder encoder;
    private final OrtSession runtime;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final List<State> states;
    private final @Nullable TokenSignature tokens;
    private final @Nullable String fixed;
    private final Deque<Rows> idleRows = new ArrayDeque<>();

    /**
     * Why streams are computed alone; empty when they need not be, null before it was looked at.
     */
    private volatile @Nullable String alone;

    private int openSessions;
    private boolean closed;

    /**
     * Takes over loaded files.
     *
     * @param encoder what conditions a language model, or null
     * @param contextTokens how many tokens a stream of a language model takes when the card does
     *     not say
     * @throws GanglionException of kind SETUP when card and file disagree; the caller then closes
     *     both files
     */
    OnnxModel(LoadedFile file, @Nullable Encoder encoder, int contextTokens) throws OrtException {
        ModelPackage source = file.source();
        this.id = source.id();
        this.file = file;
        this.encoder = encoder;
        this.runtime = file.runtime();
        Map<String, NodeInfo> takes = runtime.getInputInfo();
        Map<String, NodeInfo> gives = runtime.getOutputInfo();
        states = states(source, takes, gives);
        Set<String> hiddenInputs = new HashSet<>();
        Set<String> hiddenOutputs = new HashSet<>();
        for (State state : states) {
            hiddenInputs.add(state.input().name());
            hiddenOutputs.add(state.output().name());
        }
        // With an encoder the card says what that takes.
        List<TensorSpec> card = encoder == null ? source.inputs() : List.of();
        List<TensorSpec> taken = Signature.agree(source, "input", takes, hiddenInputs, card, true);
        boolean isLanguageModel =
                takes.containsKey(TokenSignature.IDS)
                        && gives.containsKey(TokenSignature.LOGITS)
                        && states.stream().anyMatch(state -> state.input().name().startsWith(PAST));
        List<TensorSpec> said = source.outputs();
        if (isLanguageModel) {
            TensorSpec all = Signature.spec(source, "output", gives, TokenSignature.LOGITS);
            int capacity = source.maxTokens() > 0 ? source.maxTokens() : contextTokens;
            tokens = TokenSignature.of(source, taken, all, states, capacity);
            // The card may say what a session gives, or what the file gives.
            if (!said.equals(List.of(tokens.logits()))) {
                Signature.agree(source, "output", gives, hiddenOutputs, said, false);
            }
            checkEncoder(tokens.hidden());
            inputs = encoder == null ? List.of() : encoder.inputs();
            outputs = List.of(tokens.logits());
        } else {
            tokens = null;
            checkEncoder(null);
            inputs = taken;
            outputs = Signature.agree(source, "output", gives, hiddenOutputs, said, false);
        }
        fixed = tokens == null ? fixedAxis(source, takes, gives) : null;
    }

    /** Refuses an encoder that the weights do not read, and weights without theirs. */
    private void checkEncoder(@Nullable TensorSpec hidden) {
        Encoder given = encoder;
        String mismatch =
                hidden == null || given == null
                        ? hidden == null
                                ? "its weights have no input '" + TokenSignature.HIDDEN + "'"
                                : "none is named"
                        : hidden.mismatch(given.output());
        if ((hidden == null) != (given == null) || (given != null && mismatch != null)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + id
                            + ": the option 'encoder' names the file that computes '"
                            + TokenSignature.HIDDEN
                            + "' for "
                            + file.weights().file()
                            + ", but "
                            + mismatch
                            + "; correct 'options' on the card, its files are: "
                            + String.join(", ", new TreeSet<>(file.source().files())));
        }
    }

    /** Why the file cannot take a row for each of several streams, or null when it can. */
    private @Nullable String fixedAxis(
            ModelPackage source, Map<String, NodeInfo> takes, Map<String, NodeInfo> gives) {
        List<TensorSpec> all = new ArrayList<>();
        inputs.forEach(each -> all.add(Signature.spec(source, "input", takes, each.name())));
        outputs.forEach(each -> all.add(Signature.spec(source, "output", gives, each.name())));
        for (State state : states) {
            all.add(state.input());
            all.add(state.output());
        }
        for (TensorSpec each : all) {
            if (each.shape().isEmpty() || each.shape().get(0) != TensorSpec.ANY) {
                return "the first axis of its tensor "
                        + each
                        + " is fixed in "
                        + source.weights()
                        + ", so it has no row for a second stream";
            }
        }
        return null;
    }

    /** The state that the card declares, or the keys and values that tell by their names. */
    private static List<State> states(
            ModelPackage source, Map<String, NodeInfo> takes, Map<String, NodeInfo> gives) {
        Map<String, String> pairs = new TreeMap<>(source.state());
        if (pairs.isEmpty() && takes.containsKey(TokenSignature.IDS)) {
            for (String input : takes.keySet()) {
                String output = PRESENT + input.substring(Math.min(PAST.length(), input.length()));
                if (input.startsWith(PAST) && gives.containsKey(output)) {
                    pairs.put(input, output);
                }
            }
        }
        List<State> states = new ArrayList<>();
        pairs.forEach(
                (input, output) -> {
                    TensorSpec reads = Signature.spec(source, "input", takes, input);
                    TensorSpec writes = Signature.spec(source, "output", gives, output);
                    String mismatch = reads.mismatch(writes);
                    if (mismatch != null) {
                        throw new GanglionException(
                                Kind.SETUP,
                                "model "
                                        + source.id()
                                        + ": the state '"
                                        + output
                                        + "' cannot become '"
                                        + input
                                        + "' of the next step: "
                                        + mismatch
                                        + "; correct 'state' on the card");
                    }
                    states.add(new State(reads, writes));
                });
        return states;
    }

    ModelId id() {
        return id;
    }

    @Override
    public List<TensorSpec> inputs() {
        return inputs;
    }

    @Override
    public List<TensorSpec> outputs() {
        return outputs;
    }

    @Override
    public synchronized Session open() {
        if (closed) {
            throw new IllegalStateException("model " + id + " is closed");
        }
        try {
            Session session =
                    tokens == null
                            ? new OnnxSession(
                                    this, runtime, inputs, outputs, states, this::sessionClosed)
                            : new OnnxTokenSession(this, runtime, tokens, encoder);
            openSessions++;
            return session;
        } catch (OrtException e) {
            throw noSession(e);
        }
    }

    @Override
    public @Nullable String onlyAlone() {
        String known = alone;
        if (known == null) {
            synchronized (this) {
                known = alone;
                if (known == null) {
                    String why =
                            tokens != null
                                    ? "it generates tokens, and each sequence is as long as it is"
                                    : fixed != null ? fixed : RowsCheck.difference(this);
                    known = why == null ? "" : why;
                    alone = known;
                }
            }
        }
        return known.isEmpty() ? null : known;
    }

    @Override
    public void runTogether(List<Session> sessions) {
        if (sessions.size() < 2 || onlyAlone() != null) {
            Model.super.runTogether(sessions);
        } else {
            runRows(sessions);
        }
    }

    void runRows(List<Session> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            ((OnnxSession) sessions.get(i)).checkReady();
        }
        Rows rows = takeRows();
        try {
            rows.run(sessions);
        } finally {
            synchronized (idleRows) {
                idleRows.push(rows);
            }
        }
    }

    private Rows takeRows() {
        synchronized (idleRows) {
            Rows idle = idleRows.poll();
            if (idle != null) {
                return idle;
            }
        }
        try {
            return new Rows(this, runtime, states);
        } catch (OrtException e) {
            throw noSession(e);
        }
    }

    private GanglionException noSession(OrtException e) {
        return new GanglionException(
                Kind.RETRY,
                "model "
                        + id
                        + ": ONNX Runtime opened no session ("
                        + NativeLibrary.oneLine(e)
                        + "); free memory and try again",
                e);
    }

    /** The files beside the weights, which the runtime maps. */
    @Override
    public long mappedBytes() {
        return file.weights().externalBytes()
                + (encoder == null ? 0 : encoder.file().weights().externalBytes());
    }

    /** An estimate: what the ONNX file holds stays in memory in about its size. */
    @Override
    public long allocatedBytes() {
        return file.weights().fileBytes()
                + (encoder == null ? 0 : encoder.file().weights().fileBytes());
    }

    synchronized void sessionClosed() {
        openSessions--;
        freeWhenUnused();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            freeWhenUnused();
        }
    }

    private void freeWhenUnused() {
        if (closed && openSessions == 0) {
            synchronized (idleRows) {
                idleRows.forEach(Rows::close);
                idleRows.clear();
            }
            file.close();
            if (encoder != null) {
                encoder.file().close();
            }
        }
    }
}
