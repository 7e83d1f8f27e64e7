package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Locale;

/** How much all models together may take; 0 for no limit. */
record MemoryLimit(long limitBytes, Collection<Slot> slots) {
    void refuseTooLarge(ModelCard card, long freedBytes) {
        if (limitBytes == 0) {
            return;
        }
        long weightsBytes;
        try {
            weightsBytes = Files.size(card.source().weightsFile());
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the weights of model " + card.source().id() + " are gone", e);
        }
        refuseBeyond(card.source().id(), weightsBytes, usedBytes() - freedBytes);
    }

    void refuseTooMuch(LoadedModel loaded) {
        if (limitBytes > 0) {
            refuseBeyond(loaded.id(), loaded.bytes(), usedBytes());
        }
    }

    private void refuseBeyond(ModelId id, long needsBytes, long usedBytes) {
        if (usedBytes + needsBytes > limitBytes) {
            throw new GanglionException(
                    Kind.SETUP,
                    String.format(
                            Locale.ROOT,
                            "model %s does not fit: it takes %.1f MB, the models in memory take %.1f"
                                    + " MB, and the limit is %.1f MB; replace with drainFirst, unload"
                                    + " another, or raise ganglion.memoryLimitMegabytes",
                            id,
                            needsBytes / 1e6,
                            usedBytes / 1e6,
                            limitBytes / 1e6));
        }
    }

    private long usedBytes() {
        return slots.stream()
                .flatMap(slot -> slot.inMemory().keySet().stream())
                .mapToLong(LoadedModel::bytes)
                .sum();
    }
}
