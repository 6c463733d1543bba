using System.Buffers.Binary;
using System.Security.Cryptography;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Persistence;

/// <summary>
/// Saves and loads models and whole trainings. A training that is loaded goes on bit for bit as if it had never stopped: a checkpoint holds
/// the parameters, what the optimizer remembers, random counters, the place within the epoch, the history, and the best state of early
/// stopping. All numbers of it are finite: a training with NaN or infinity in it is refused. What it does not hold is what the program states: the model's structure, the options, the data.
/// </summary>
/// <remarks>
/// Format: the eight bytes "TOOLKIT" and 0A, the version (int32, 2), the kind (int32: 0 a model, 1 a training), the parameters, for a
/// training its state, and the SHA-256 of all that. Parameters: their count, and for each name, role, element type, rank, sizes (int32) and
/// raw elements. Numbers are little-endian, texts UTF-8 with their length before them.
/// </remarks>
public static class Checkpoint
{
    private const int Version = 2;
    private const int HeaderLength = 16;

    private static ReadOnlySpan<byte> Magic => "TOOLKIT\n"u8;

    /// <summary>Saves a training, also one that is running: from a report of progress, or from another thread, where it waits for the end of the step. The file is
    /// replaced only when the new one is whole and on the disk.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="trainer">The training, prepared.</param>
    /// <exception cref="InvalidOperationException">The trainer has not been prepared or fitted.</exception>
    /// <exception cref="CheckpointException">A number is NaN or infinite: the training has diverged since it was last checked.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Trainer trainer)
    {
        using var writer = new CheckpointWriter();
        lock (trainer.Gate)
        {
            TrainerState state = trainer.State;
            // While the model shows the best parameters, those from which training goes on lie beside it.
            StoredParameter[] parameters = state.Continue is { } snapshot
                ? [.. snapshot.Parameters.Zip(snapshot.Values, StoredParameter.Of)]
                : [.. trainer.Parameters.Select(StoredParameter.Of)];
            CheckFinite(parameters, $"to save in '{path}', which is left as it was");
            writer.Write(parameters);
            writer.Write(state);
        }

        Write(path, kind: 1, writer.Content);
    }

    /// <summary>Saves the parameters of a model, which no other thread may be training meanwhile; of a training that is running, save the trainer.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="CheckpointException">A number is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Module model)
    {
        StoredParameter[] parameters = [.. model.Parameters.Select(StoredParameter.Of)];
        CheckFinite(parameters, $"to save in '{path}', which is left as it was");
        using var writer = new CheckpointWriter();
        writer.Write(parameters);
        Write(path, kind: 0, writer.Content);
    }

    /// <summary>Loads a training into a trainer that was made by the same program: the next <see cref="Trainer.Fit"/> goes on. The model has the parameters that
    /// it had when the file was saved: after early stopping the best, otherwise the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">A trainer with the same model, optimizer and metrics.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, is of a model only, or does not fit the trainer; nothing has been
    /// changed.</exception>
    /// <exception cref="InvalidOperationException">The trainer is training.</exception>
    public static void Load(string path, Trainer trainer) => trainer.Alone(nameof(Load), () =>
    {
        Restore(path, trainer);
        return true;
    });

    private static void Restore(string path, Trainer trainer)
    {
        (IReadOnlyList<StoredParameter> parameters, StoredTraining? training) = Read(path);
        if (training is null)
            throw new CheckpointException($"The checkpoint '{path}' holds a model only; expected a training.");
        if (training.Totals.Metrics.Length != trainer.Metrics.Count)
        {
            throw new CheckpointException(
                $"The checkpoint '{path}' has {training.Totals.Metrics.Length} metrics, the trainer {trainer.Metrics.Count}.");
        }

        bool fresh = !trainer.IsPrepared;
        try
        {
            trainer.Prepare(training.Layout);
            IReadOnlyList<Value> values = StoredParameter.Match(parameters, trainer.Parameters, path, "trainer");
            IReadOnlyList<Value>? best = training.Best is { } stored ? StoredParameter.Match(stored, trainer.Parameters, path, "trainer") : null;
            Assign(trainer, training, values, best);
        }
        catch (ToolkitException e)
        {
            if (fresh)
                trainer.Unprepare();
            if (e is CheckpointException)
                throw;
            throw new CheckpointException($"The checkpoint '{path}' does not fit the trainer: {e.Message}", e);
        }
    }

    /// <summary>Loads the parameters of a model, from the file of a model or of a training; of a training with early stopping, the best
    /// ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model of the same structure.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged or does not fit the model; nothing has been changed.</exception>
    public static void Load(string path, Module model)
    {
        (IReadOnlyList<StoredParameter> parameters, StoredTraining? training) = Read(path);
        IReadOnlyList<Parameter> expected = model.Parameters;
        // The optimizer's memory in the file of a training is no concern of the model.
        Assign(expected, StoredParameter.Match(training?.Best ?? parameters, expected, path, "model", allowOthers: training is not null));
    }

    private static void CheckFinite(IEnumerable<StoredParameter> parameters, string where)
    {
        foreach ((string name, _, Value value) in parameters)
        {
            if (Finite.Fault(name, value) is { } fault)
                throw new CheckpointException($"Expected finite numbers {where}, found that {fault}.");
        }
    }

    private static void Assign(Trainer trainer, StoredTraining training, IReadOnlyList<Value> values, IReadOnlyList<Value>? best)
    {
        lock (trainer.Gate)
        {
            TrainerState state = trainer.State;
            IReadOnlyList<Parameter> parameters = trainer.Parameters;
            bool showsBest = training.ShowsBest && best is not null;
            state.Best.Parameters = best is null ? null : new ParameterSnapshot(parameters, best);
            state.Continue = showsBest ? new ParameterSnapshot(parameters, values) : null;
            Assign(parameters, showsBest ? best! : values);
            state.Order = training.Order;
            state.Totals.CopyFrom(training.Totals);
            state.Epochs.Clear();
            state.Epochs.AddRange(training.Epochs);
            (state.Best.Monitor, state.Best.Value, state.Best.Epoch) = (training.Monitor, training.BestValue, training.BestEpoch);
            (state.Best.Step, state.Best.Waited) = (training.BestStep, training.Waited);
        }
    }

    private static void Assign(IReadOnlyList<Parameter> parameters, IReadOnlyList<Value> values)
    {
        for (int i = 0; i < parameters.Count; i++)
            parameters[i].Value = values[i];
    }

    private static void Write(string path, int kind, ReadOnlySpan<byte> content)
    {
        byte[] file = new byte[checked(HeaderLength + content.Length + SHA256.HashSizeInBytes)];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), kind);
        content.CopyTo(file.AsSpan(HeaderLength));
        int hashed = file.Length - SHA256.HashSizeInBytes;
        SHA256.HashData(file.AsSpan(0, hashed), file.AsSpan(hashed));
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    private static (IReadOnlyList<StoredParameter> Parameters, StoredTraining? Training) Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no checkpoint '{Path.GetFullPath(path)}'.", path);
        byte[] file = File.ReadAllBytes(path);
        if (!file.AsSpan().StartsWith(Magic))
            throw new CheckpointException($"'{path}' is not a checkpoint: expected it to begin with \"TOOLKIT\".");
        int hashed = file.Length - SHA256.HashSizeInBytes;
        if (hashed < HeaderLength)
            throw new CheckpointException($"The checkpoint '{path}' is truncated: found {file.Length} bytes.");
        int version = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        if (version != Version)
            throw new CheckpointException($"The checkpoint '{path}' has the version {version}; expected {Version}.");
        if (!SHA256.HashData(file.AsSpan(0, hashed)).AsSpan().SequenceEqual(file.AsSpan(hashed)))
        {
            throw new CheckpointException(
                $"The checkpoint '{path}' is truncated or damaged: its {file.Length} bytes do not have the checksum at their end.");
        }

        using var reader = new CheckpointReader(file, HeaderLength, hashed - HeaderLength);
        try
        {
            IReadOnlyList<StoredParameter> parameters = reader.ReadParameters();
            CheckFinite(parameters, $"in the checkpoint '{path}'");
            return (parameters, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12)) == 1 ? reader.ReadTraining() : null);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new CheckpointException($"The checkpoint '{path}' has the right checksum, but its content makes no sense.", e);
        }
    }
}
