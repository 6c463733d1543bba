using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Persistence;

/// <summary>
/// Saves and loads models and whole trainings. A training that is loaded goes on bit for bit as if it had never stopped: a checkpoint holds
/// the parameters, what the optimizer remembers, random counters, the place within the epoch, the history, and the best state of early
/// stopping. All numbers of it are finite: a training with NaN or infinity in it is refused. What it does not hold is what the program states: the model's structure, the options, the data.
/// </summary>
/// <remarks>
/// Format: the eight bytes "TOOLKIT" and 0A, the version (int32, 3; 2 is read as well), the kind (int32: 0 a model, 1 a training), the parameters, for a
/// training its state, and the SHA-256 of all that. Parameters: their count, and for each name, role, element type, rank, sizes (int32) and
/// raw elements. Numbers are little-endian, texts UTF-8 with their length before them.
/// </remarks>
public static class Checkpoint
{
    /// <summary>The first version that tells fields by name.</summary>
    internal const int VersionOfFields = 3;

    private const int Version = 3, OldestVersion = 2;
    private const int HeaderLength = 16;

    private static ReadOnlySpan<byte> Magic => "TOOLKIT\n"u8;

    /// <summary>Saves a training, also one that is running: from a report of progress, or from another thread, where it waits for the end of the step. The file is
    /// replaced only when the new one is whole and on the disk.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="trainer">The training, prepared.</param>
    /// <exception cref="InvalidOperationException">The trainer has not been prepared or fitted.</exception>
    /// <exception cref="GraphException">Two parameters have the same name, or one has a name that is no Unicode text.</exception>
    /// <exception cref="CheckpointException">A number is NaN or infinite: the training has diverged since it was last checked.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, ICheckpointed trainer) => trainer.Save((parameters, training) => Write(path, parameters, training));

    /// <summary>Saves the parameters of a model, which no other thread may be training meanwhile; of a training that is running, save the trainer.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="GraphException">Two parameters have the same name, or one has a name that is no Unicode text.</exception>
    /// <exception cref="CheckpointException">A number is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Model model) => Write(path, [.. model.Parameters.Select(StoredParameter.Of)], null);

    /// <summary>Loads a training into a trainer that was made by the same program: the next <see cref="Training.Trainer.Fit"/> goes on. The model has the parameters that
    /// it had when the file was saved: after early stopping the best, otherwise the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">A trainer with the same model, optimizer and metrics.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, is of a model only, or does not fit the trainer; nothing has been
    /// changed.</exception>
    /// <exception cref="InvalidOperationException">The trainer is training.</exception>
    public static void Load(string path, ICheckpointed trainer)
    {
        (IReadOnlyList<StoredParameter> parameters, StoredTraining? training) = Read(path);
        trainer.Load(path, parameters, training ?? throw new CheckpointException($"The checkpoint '{path}' holds a model only; expected a training."));
    }

    /// <summary>Loads the parameters of a model, from the file of a model or of a training; of a training with early stopping, the best
    /// ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model of the same structure.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged or does not fit the model; nothing has been changed.</exception>
    public static void Load(string path, Model model)
    {
        (IReadOnlyList<StoredParameter> parameters, StoredTraining? training) = Read(path);
        IReadOnlyList<Parameter> expected = model.Parameters;
        // The optimizer's memory in the file of a training is no concern of the model.
        StoredParameter.Assign(expected, StoredParameter.Match(training?.Best ?? parameters, expected, path, "model", allowOthers: training is not null));
    }

    private static void CheckFinite(IEnumerable<StoredParameter> parameters, string where)
    {
        foreach ((string name, _, Value value) in parameters)
        {
            if (Finite.Fault(name, value) is { } fault)
                throw new CheckpointException($"Expected finite numbers {where}, found that {fault}.");
        }
    }

    private static void Write(string path, IReadOnlyList<StoredParameter> parameters, StoredTraining? training)
    {
        string[] twice = [.. parameters.CountBy(p => p.Name, StringComparer.Ordinal).Where(n => n.Value > 1).Select(n => n.Key)];
        if (twice.Length > 0)
        {
            throw new GraphException(
                $"Expected parameters of distinct names to save, found several called \"{string.Join("\", \"", twice)}\": no reader could tell them apart.");
        }

        CheckFinite(parameters, $"to save in '{path}', which is left as it was");
        try
        {
            AtomicFile.Write(path, file => Write(file, parameters, training));
        }
        catch (EncoderFallbackException e)
        {
            throw new GraphException($"Expected names of parameters that are Unicode text, found half a character in one: {e.Message}", e);
        }
    }

    private static void Write(Stream file, IReadOnlyList<StoredParameter> parameters, StoredTraining? training)
    {
        using var hashed = new HashedStream(file);
        Span<byte> header = stackalloc byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], training is null ? 0 : 1);
        hashed.Write(header);
        using (var writer = new CheckpointWriter(hashed))
        {
            writer.Write(parameters);
            if (training is not null)
                writer.Write(training);
        }

        file.Write(hashed.Hash());
    }

    private static (IReadOnlyList<StoredParameter> Parameters, StoredTraining? Training) Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no checkpoint '{Path.GetFullPath(path)}'.", path);
        if (!RegularFile.Exists(path))
            throw new CheckpointException($"'{path}' is not a checkpoint: found a pipe, a socket or a device.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
        long end = file.Length - SHA256.HashSizeInBytes;
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < Magic.Length || !header.StartsWith(Magic))
            throw new CheckpointException($"'{path}' is not a checkpoint: expected it to begin with \"TOOLKIT\".");
        if (end < HeaderLength)
            throw new CheckpointException($"The checkpoint '{path}' is truncated: found {file.Length} bytes.");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version is < OldestVersion or > Version)
            throw new CheckpointException($"The checkpoint '{path}' has the version {version}; expected {OldestVersion} or {Version}.");
        RequireChecksum(file, end, path);
        file.Position = HeaderLength;
        using var reader = new CheckpointReader(file, end, version);
        try
        {
            int kind = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            if (kind is not (0 or 1))
                throw new InvalidDataException($"found the kind {kind}");
            IReadOnlyList<StoredParameter> parameters = reader.ReadParameters();
            CheckFinite(parameters, $"in the checkpoint '{path}'");
            StoredTraining? training = kind == 1 ? reader.ReadTraining() : null;
            reader.RequireEnd();
            return (parameters, training);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or FormatException or ShapeException)
        {
            throw new CheckpointException($"The checkpoint '{path}' has the right checksum, but its content makes no sense: {e.Message}.", e);
        }
    }

    private static void RequireChecksum(FileStream file, long end, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 16];
        file.Position = 0;
        for (long left = end; left > 0;)
        {
            int length = (int)Math.Min(left, block.Length);
            file.ReadExactly(block, 0, length);
            hash.AppendData(block, 0, length);
            left -= length;
        }

        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(expected);
        if (!hash.GetCurrentHash().AsSpan().SequenceEqual(expected))
        {
            throw new CheckpointException(
                $"The checkpoint '{path}' is truncated or damaged: its {file.Length} bytes do not have the checksum at their end.");
        }
    }
}
