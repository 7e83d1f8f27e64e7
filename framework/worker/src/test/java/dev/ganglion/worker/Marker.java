package dev.ganglion.worker;

/** Stands for a library of which a worker may have another version. */
final class Marker {
    private Marker() {}

    static String text() {
        return "the version of the container";
    }
}
