using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;

namespace Toolkit.Reliability.Disks;

/// <summary>Saves and exports onto a disk that fills up: an error that names the file, the old file whole, nothing else left.</summary>
internal sealed record FullDisk() : Harness("full disk")
{
    public override Outcome Run(bool isLong, int seed)
    {
        using var disk = new Mount("1500k");
        if (disk.Missing is { } reason)
        {
            return new Outcome(0, [], string.Empty, reason);
        }

        var failures = new List<string>();
        Dense small = new(10, 10, new RandomSource(1)), large = new(600, 700, new RandomSource(2));
        string checkpoint = disk.File("model.ckpt"), model = disk.File("model.onnx");
        Checkpoint.Save(checkpoint, small);
        OnnxExporter.Export(small.Inference, model);
        int rounds = isLong ? 50 : 3;
        for (int i = 0; i < rounds; i++)
        {
            foreach ((string file, Action save) in new (string, Action)[]
            {
                (checkpoint, () => Checkpoint.Save(checkpoint, large)),
                (model, () => OnnxExporter.Export(large.Inference, model)),
            })
            {
                byte[] before = File.ReadAllBytes(file);
                Exception? error = Xunit.Record.Exception(save);
                if (error is not IOException || !error.Message.Contains(file, StringComparison.Ordinal))
                {
                    failures.Add($"expected an IOException that names {file}, found {error}");
                }

                if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(before))
                {
                    failures.Add($"{file} is not what it was");
                }
            }
        }

        Checkpoint.Load(checkpoint, small);
        ModelCheck.Require(model);
        int left = Directory.GetFiles(Path.GetDirectoryName(model)!).Length - 2;
        if (left != 0)
        {
            failures.Add($"{left} files were left behind");
        }

        return new Outcome(2 * rounds, failures, "old files whole, nothing left behind");
    }
}
