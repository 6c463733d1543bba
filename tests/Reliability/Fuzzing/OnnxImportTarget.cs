using Toolkit.Autograd.Execution;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Import;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Models of other programs all the way to the point where they could be run: checked, read with the shapes of all values, compiled. Half of the mutants are changed field by field, half
/// byte by byte.</summary>
internal sealed record OnnxImportTarget() : OnnxStructureTarget("onnx import")
{
    // Large weights tell a reader nothing that small ones do not.
    private const int LargestSeed = 1 << 21;

    private static readonly ExecutionOptions OneThread = new() { Threads = 1 };

    /// <inheritdoc/>
    public override int Many => 100_000;

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        WrittenModels.TorchConvolutions(),
        WrittenModels.CntkConvolutions(),
        WrittenModels.KerasLayers(),
        .. base.Seeds(),
        .. Published(),
    ];

    public override byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds) =>
        random.Next(2) == 0 ? base.Mutate(random, seed, seeds) : Mutation.Of(random, seed, seeds);

    public override void Read(string path, byte[] bytes) => Function.Compile(OnnxModel.Load(path).Signature, OneThread);

    /// <summary>The models of other programs beside the repository, where they are there.</summary>
    private static IEnumerable<byte[]> Published()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent;
        string models = Path.Combine(folder?.FullName ?? ".", "..", "shared", "onnx", "models");
        return Directory.Exists(models)
            ? Directory.GetFiles(models, "*.onnx").Order(StringComparer.Ordinal).Where(file => new FileInfo(file).Length <= LargestSeed).Select(File.ReadAllBytes)
            : [];
    }
}
