package dev.ganglion.worker.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * Files and folders, each with all that is below it; those that do not exist count for nothing.
 *
 * @param executable may be read and run
 * @param readable may be read
 * @param writable may be read, written, made and deleted
 */
public record Access(List<Path> executable, List<Path> readable, List<Path> writable) {}
