using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tables;

namespace Toolkit.Bench.Tables;

/// <summary>A table larger than memory, scored from file to file, against the same model on rows that are in memory.</summary>
internal static class TableRates
{
    private const int Features = 32, GroupRows = 131_072, RowsInMemory = 4 * GroupRows, Batch = 1024;
    private const double RowBytes = (Features * sizeof(float)) + sizeof(long);

    /// <summary>Generates a table, measures, kills a scoring half way and finishes it.</summary>
    /// <param name="gigabytes">The size of the table.</param>
    /// <param name="folder">Where it is written, and deleted at the end.</param>
    /// <param name="compression">How it is compressed. The numbers are noise, so nothing becomes smaller; what is measured then is the time to unpack.</param>
    /// <param name="rounds">How often each is measured.</param>
    public static int Run(double gigabytes, string folder, CompressionMethod compression, int rounds)
    {
        Directory.CreateDirectory(folder);
        (string table, string model, string output) = (Path.Combine(folder, "table.parquet"), Path.Combine(folder, "model.onnx"), Path.Combine(folder, "scores"));
        int groups = Math.Max(4, (int)Math.Ceiling(gigabytes * 1e9 / (RowBytes * GroupRows)));
        long rows = (long)groups * GroupRows;
        var random = new RandomSource(1);
        new Sequential(
            new Dense(Features, 64, random) { Activation = Ops.Relu }, new Dense(64, 64, random) { Activation = Ops.Relu }, new Dense(64, 1, random)).ExportOnnx(model);
        float[] numbers = new float[GroupRows + groups + Features];
        random.FillNormal(numbers, 0, 1);
        Write(table, groups, numbers, compression).GetAwaiter().GetResult();
        Line($"table: {rows} rows of {Features} float32 and a key, {new FileInfo(table).Length / 1e9:F2} GB, compression {compression}");

        // In turn, as the machine may have other work: rows in memory through ML.NET, a loop over arrays, the table.
        var pipeline = new List<double>();
        var loop = new List<double>();
        var file = new List<double>();
        long peak = 0;
        using (var inMemory = new InMemory(model, numbers))
        {
            for (int round = 0; round < rounds; round++)
            {
                pipeline.Add(inMemory.PipelineRate());
                loop.Add(inMemory.LoopRate());
                Delete(output);
                (double seconds, long memory, _) = Child(table, model, output);
                file.Add(rows / seconds);
                peak = Math.Max(peak, memory);
                Line($"rows/s: table {file[^1]:F0}, pipeline in memory {pipeline[^1]:F0}, loop over arrays on {Environment.ProcessorCount} threads {loop[^1]:F0}");
            }
        }

        Delete(output);
        int killedAt = KillHalfWay(table, model, output, groups);
        (_, _, long made) = Child(table, model, output);
        bool whole = Whole(output, rows).GetAwaiter().GetResult();
        double ratio = Median([.. file.Zip(pipeline, (a, b) => a / b)]);
        Line($"killed with {killedAt} of {groups} parts there; {made} made by the next run; every row once and in order: {whole}");
        Line($"RESULT gigabytes={new FileInfo(table).Length / 1e9:F2} ratio_to_pipeline={ratio:F2} ratio_to_loop={Median([.. file.Zip(loop, (a, b) => a / b)]):F2} peak_MiB={peak >> 20} whole={whole}");
        Delete(output);
        File.Delete(table);
        return whole && ratio >= 0.9 && peak <= 1L << 30 ? 0 : 1;
    }

    /// <summary>Scores in a process of its own; prints the seconds, the most memory that it has held and the number of parts.</summary>
    public static int Score(string table, string model, string output)
    {
        var clock = Stopwatch.StartNew();
        TableScores scores = TableScorer.Score(table, model, output, new TableScoringOptions { Keep = ["id"] });
        double seconds = clock.Elapsed.TotalSeconds;
        using var self = Process.GetCurrentProcess();
        Line($"{seconds} {self.PeakWorkingSet64} {scores.NewParts}");
        return 0;
    }

    private static (double Seconds, long Peak, long Parts) Child(string table, string model, string output)
    {
        using Process child = Start(table, model, output);
        string[] found = child.StandardOutput.ReadToEnd().Split(' ');
        child.WaitForExit();
        return child.ExitCode == 0
            ? (double.Parse(found[0], CultureInfo.InvariantCulture), long.Parse(found[1], CultureInfo.InvariantCulture), long.Parse(found[2], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The scoring ended with {child.ExitCode}.");
    }

    private static int KillHalfWay(string table, string model, string output, int groups)
    {
        using Process child = Start(table, model, output);
        while (!child.HasExited && Parts(output).Length < groups / 2)
            Thread.Sleep(5);
        child.Kill();
        child.WaitForExit();
        return Parts(output).Length;
    }

    private static Process Start(string table, string model, string output)
    {
        string[] command = ["table-score", table, model, output];
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, isHost ? [typeof(TableRates).Assembly.Location, .. command] : command) { RedirectStandardOutput = true })!;
    }

    private static string[] Parts(string output) => Directory.Exists(output) ? [.. Directory.GetFiles(output, "part-*.parquet").Order(StringComparer.Ordinal)] : [];

    private static void Delete(string output)
    {
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
    }

    private static async Task Write(string path, int groups, float[] numbers, CompressionMethod compression)
    {
        DataField[] fields = [new DataField("id", typeof(long), isNullable: false), .. Enumerable.Range(0, Features).Select(i => new DataField($"x{i}", typeof(float), isNullable: false))];
        await using FileStream stream = File.Create(path);
        await Write(stream, fields, groups, numbers, compression);
        // What the system has yet to bring to the disk would be measured with the first scoring, whose parts are.
        stream.Flush(flushToDisk: true);
    }

    private static async Task Write(Stream stream, DataField[] fields, int groups, float[] numbers, CompressionMethod compression)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, new ParquetOptions { CompressionMethod = compression, DictionaryEncodingThreshold = 0 });
        long[] ids = new long[GroupRows];
        for (int i = 0; i < groups; i++)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int row = 0; row < GroupRows; row++)
                ids[row] = ((long)i * GroupRows) + row;
            await group.WriteAsync<long>(fields[0], ids);
            for (int feature = 0; feature < Features; feature++)
                await group.WriteAsync<float>(fields[feature + 1], numbers.AsMemory(i + feature, GroupRows));
        }
    }

    /// <summary>Whether the keys of the parts, one after the other, are 0, 1, 2, …</summary>
    private static async Task<bool> Whole(string output, long rows)
    {
        long next = 0;
        foreach (string part in Parts(output))
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(part);
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
            long[] ids = new long[group.RowCount];
            await group.ReadAsync<long>(reader.Schema.FindDataField("id"), ids.AsMemory());
            foreach (long id in ids)
            {
                if (id != next++)
                    return false;
            }
        }

        return next == rows;
    }

    private static double Median(double[] numbers) => numbers.Order().ElementAt(numbers.Length / 2);

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first rows of the table, in memory.</summary>
    private sealed class InMemory : IDisposable
    {
        private readonly BatchOnnxTransformer transformer;
        private readonly IDataView scored;
        private readonly OnnxSession session;
        private readonly float[][] rows;

        public InMemory(string model, float[] numbers)
        {
            rows = [.. Enumerable.Range(0, RowsInMemory).Select(row => Enumerable.Range(0, Features).Select(x => numbers[(row / GroupRows) + (row % GroupRows) + x]).ToArray())];
            var ml = new MLContext(seed: 1);
            SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
            schema["input"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Features);
            IDataView data = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows.Select(row => new Row { input = row }), schema));
            transformer = ml.ScoreOnnx(model, new() { BatchSize = Batch }).Fit(data);
            scored = transformer.Transform(data);
            session = OnnxSession.Load(model, new ServingOptions { IntraOpThreads = 1 });
        }

        /// <summary>Rows a second through ML.NET, every score read.</summary>
        public double PipelineRate() => Rate(() =>
        {
            DataViewSchema.Column output = scored.Schema["output"];
            using DataViewRowCursor cursor = scored.GetRowCursor([output]);
            ValueGetter<float> getter = cursor.GetGetter<float>(output);
            float score = 0;
            while (cursor.MoveNext())
                getter(ref score);
        });

        /// <summary>Rows a second of a loop over batches, on all processors.</summary>
        public double LoopRate() => Rate(() => Parallel.For(0, Environment.ProcessorCount, thread =>
        {
            using SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int> { ["batch"] = Batch });
            float sum = 0;
            for (int batch = thread; batch < RowsInMemory / Batch; batch += Environment.ProcessorCount)
            {
                Span<float> input = buffers.InputMemory[0].Span<float>();
                for (int row = 0; row < Batch; row++)
                    rows[(batch * Batch) + row].CopyTo(input[(row * Features)..]);
                buffers.Run();
                foreach (float score in buffers.OutputMemory[0].Span<float>())
                    sum += score;
            }
        }));

        public void Dispose()
        {
            transformer.Dispose();
            session.Dispose();
        }

        private static double Rate(Action pass)
        {
            pass();
            var clock = Stopwatch.StartNew();
            int passes = 0;
            for (; clock.Elapsed.TotalSeconds < 3; passes++)
                pass();
            return passes * (double)RowsInMemory / clock.Elapsed.TotalSeconds;
        }
    }

    private sealed class Row
    {
        public float[] input { get; set; } = [];
    }
}
