using System.Diagnostics;
using System.Globalization;
using Parquet;
using Parquet.Schema;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;

namespace Toolkit.Reliability.Kills;

/// <summary>
/// Scorings of a table of 100 MB, in a heap that does not hold it, that are killed at random moments and started again: in the end every row is there once, with the bits of a scoring that nobody
/// killed, and nothing else.
/// </summary>
internal sealed record TableKills() : Harness("killed scoring of a table")
{
    /// <summary>The memory for rows.</summary>
    public const long Budget = 24L << 20;

    // What the runtime holds beside the rows included.
    private const long Heap = 72L << 20;
    private const int Features = 31, GroupRows = 16_384, Groups = 49, ManyKills = 60, FewKills = 1;

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        (string table, string model, string whole) = (folder.File("table.parquet"), folder.File("model.onnx"), folder.File("whole"));
        Write(table).GetAwaiter().GetResult();
        new Sequential(new Dense(Features, 16, new RandomSource(1)), new Dense(16, 2, new RandomSource(2))).ExportOnnx(model);
        var failures = new List<string>();
        if (new FileInfo(table).Length < 100_000_000)
            failures.Add($"the table has {new FileInfo(table).Length} bytes");

        var clock = Stopwatch.StartNew();
        (int _, long memory) = Score(table, model, whole);
        TimeSpan duration = clock.Elapsed;
        var random = new Random(seed);
        (int scorings, int kills, int goneOn) = (0, 0, 0);
        for (; kills < (isLong ? ManyKills : FewKills); scorings++)
        {
            string output = folder.File($"scores{scorings}");
            for (int i = random.Next(1, isLong ? 4 : 2); i > 0; i--)
                kills += Killed(table, model, output, duration * (0.2 + (0.6 * random.NextDouble()))) ? 1 : 0;
            goneOn += Score(table, model, output).Before;
            string[] expected = Files(whole), found = Files(output);
            if (!expected.Select(Path.GetFileName).SequenceEqual(found.Select(Path.GetFileName)) || !expected.Zip(found).All(pair => File.ReadAllBytes(pair.First).AsSpan().SequenceEqual(File.ReadAllBytes(pair.Second))))
                failures.Add($"seed {seed}, scoring {scorings}: the files are not those of a scoring that nobody killed");
            Directory.Delete(output, recursive: true);
        }

        long[] ids = [.. Files(whole).Where(file => file.EndsWith(".parquet", StringComparison.Ordinal)).SelectMany(file => Ids(file).GetAwaiter().GetResult())];
        if (!ids.SequenceEqual(Enumerable.Range(0, Groups * GroupRows).Select(i => (long)i)))
            failures.Add($"{ids.Length} rows are not the {Groups * GroupRows} of the table in their order");
        return new Outcome(scorings, failures, string.Create(
            CultureInfo.InvariantCulture, $"ends byte-equal to one without kills, after {kills} kills; {goneOn} parts were not made again; a table of {new FileInfo(table).Length / 1e6:F0} MB in a heap of {Heap >> 20} MiB, {memory / 1e6:F0} MB held in all"));
    }

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];

    private static (int Before, long Memory) Score(string table, string model, string output)
    {
        using Process child = Table.Start(["score", table, model, output], heap: Heap);
        string[] found = child.StandardOutput.ReadToEnd().Split(' ');
        child.WaitForExit();
        return child.ExitCode == 0
            ? (int.Parse(found[0], CultureInfo.InvariantCulture), long.Parse(found[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"the scoring ended with {child.ExitCode}");
    }

    /// <summary>Whether a scoring was killed after a time; otherwise it came to its end before.</summary>
    private static bool Killed(string table, string model, string output, TimeSpan after)
    {
        using Process child = Table.Start(["score", table, model, output], heap: Heap);
        bool ended = child.WaitForExit(after);
        child.Kill();
        child.WaitForExit();
        return !ended;
    }

    private static async Task Write(string path)
    {
        DataField[] fields = [new DataField("id", typeof(long), isNullable: false), .. Enumerable.Range(0, Features).Select(i => new DataField($"x{i}", typeof(float), isNullable: false))];
        var random = new RandomSource(3);
        float[] numbers = new float[GroupRows + Groups + Features];
        random.FillNormal(numbers, 0, 1);
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, new ParquetOptions { CompressionMethod = CompressionMethod.None, DictionaryEncodingThreshold = 0 });
        for (int i = 0; i < Groups; i++)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<long>(fields[0], Enumerable.Range(i * GroupRows, GroupRows).Select(id => (long)id).ToArray());
            for (int feature = 0; feature < Features; feature++)
                await group.WriteAsync<float>(fields[feature + 1], numbers.AsMemory(i + feature, GroupRows));
        }
    }

    private static async Task<long[]> Ids(string path)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(path);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        long[] ids = new long[group.RowCount];
        await group.ReadAsync<long>(reader.Schema.FindDataField("id"), ids.AsMemory());
        return ids;
    }
}
