using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Tests;

/// <summary>Tables: what is trained, scored and measured, against ONNX Runtime, ML.NET and counts by hand.</summary>
public sealed class TableCommandTests : IDisposable
{
    private static readonly string[] Places = ["bay", "coast", "inland"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A class that depends on a number and a text: the report, the scores and the evaluation say what the file gives.</summary>
    [Fact]
    public async Task Classes_are_trained_scored_and_measured()
    {
        Row[] train = Rows(300, seed: 1), test = Rows(60, seed: 2);
        string model = folder.File("model.onnx"), scores = folder.File("scores.csv"), data = Write("test.csv", test);
        JsonObject report = await ToolRun.JsonOfAsync("train", Write("train.csv", train), "--test", data, "--out", model, "--label", "kind", "--ignore", "price", "--epochs", "20", "--hidden", "8", "--learning-rate", "0.02");
        Assert.Equal(("classification", 2, 1), ((string?)report["task"], (int)report["columns"]!, (int)report["categories"]!));
        Assert.Equal((270, 30, 60), ((int)report["trainingRows"]!, (int)report["validationRows"]!, (int)report["testRows"]!));

        using OnnxSession session = OnnxSession.Load(model);
        Assert.Equal(["size", "place"], session.Inputs.Select(input => input.Name));
        Value expected = session.Run(
            Value.Of([.. test.Select(row => row.Size)], 60, 1), Value.Of([.. test.Select(row => row.Place)], 60, 1))[0];
        int right = Enumerable.Range(0, 60).Count(i => (expected[(2 * i) + 1] > expected[2 * i] ? "little" : "large") == test[i].Kind);
        Assert.InRange(right, 45, 60);
        Assert.Equal(right / 60.0, (double)report["testAccuracy"]!, 1e-12);
        JsonObject evaluation = await ToolRun.JsonOfAsync("evaluate", data, "--model", model);
        Assert.Equal(right / 60.0, (double)evaluation["accuracy"]!, 1e-12);
        Assert.Equal(test.Select((row, i) => -Math.Log(expected[(2 * i) + (row.Kind == "large" ? 0 : 1)])).Average(), (double)evaluation["logLoss"]!, 1e-6);

        // The columns stand in another order, and the label is not there.
        await File.WriteAllLinesAsync(folder.File("new.csv"), ["place,size", .. test.Select(row => $"{row.Place},{Text(row.Size)}")], TestContext.Current.CancellationToken);
        await ToolRun.JsonOfAsync("score", folder.File("new.csv"), "--model", model, "--out", scores);
        string[] lines = await File.ReadAllLinesAsync(scores, TestContext.Current.CancellationToken);
        Assert.Equal("prediction,probability_large,probability_little", lines[0]);
        Assert.Equal(61, lines.Length);
        for (int i = 0; i < 60; i++)
        {
            string[] cells = lines[i + 1].Split(',');
            Assert.Equal(expected[2 * i] >= expected[(2 * i) + 1] ? "large" : "little", cells[0]);
            Assert.Equal([(float)expected[2 * i], (float)expected[(2 * i) + 1]], cells[1..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The pipeline beside the model takes the texts and numbers of the table, in plain ML.NET.</summary>
    [Fact]
    public async Task The_pipeline_for_MLNet_gives_the_same_numbers()
    {
        Row[] rows = Rows(200, seed: 3);
        string model = folder.File("price.onnx");
        JsonObject report = await ToolRun.JsonOfAsync("train", Write("train.csv", rows), "--out", model, "--label", "price", "--ignore", "kind", "--epochs", "10", "--test-share", "0.25");
        Assert.Equal(("regression", 50), ((string?)report["task"], (int)report["testRows"]!));
        using OnnxSession session = OnnxSession.Load(model);
        Value expected = session.Run(
            Value.Of([.. rows.Select(row => row.Size)], 200, 1), Value.Of([.. rows.Select(row => row.Place)], 200, 1))[0];
        var ml = new MLContext();
        IDataView scored = ml.Model.Load(folder.File("price.zip"), out _).Transform(ml.Data.LoadFromEnumerable(rows.Select(row => new Raw { size = row.Size, place = row.Place })));
        float[] found = [.. scored.GetColumn<float>("Score")];
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(expected[i], found[i], 1e-2));

        JsonObject evaluation = await ToolRun.JsonOfAsync("evaluate", folder.File("train.csv"), "--model", model);
        double squares = rows.Select((row, i) => Math.Pow(row.Price - expected[i], 2)).Sum(), mean = rows.Average(row => row.Price);
        Assert.Equal(Math.Sqrt(squares / 200), (double)evaluation["rootMeanSquareError"]!, 1e-4);
        Assert.Equal(rows.Select((row, i) => Math.Abs(row.Price - expected[i])).Average(), (double)evaluation["meanAbsoluteError"]!, 1e-4);
        Assert.Equal(1 - (squares / rows.Sum(row => (row.Price - mean) * (row.Price - mean))), (double)evaluation["explainedVariance"]!, 1e-6);
    }

    /// <summary>A number that is missing is the mean of the training rows; a text that was never seen is none.</summary>
    [Fact]
    public async Task Missing_numbers_and_new_texts_have_scores()
    {
        Row[] rows = Rows(100, seed: 4);
        string model = folder.File("model.onnx");
        JsonObject report = await ToolRun.JsonOfAsync(
            "train", Write("train.csv", rows), "--out", model, "--label", "price", "--ignore", "kind", "--epochs", "3", "--test-share", "0", "--validation-share", "0");
        Assert.Equal((100, 0, 3), ((int)report["trainingRows"]!, (int)report["validationRows"]!, (int)report["epochs"]!));
        Assert.Null(report["testRows"]);
        string mean = Text((float)rows.Average(row => (double)row.Size));
        await File.WriteAllLinesAsync(folder.File("gaps.csv"), ["size,place", "NA,bay", $"{mean},bay", "50,desert", "50,?"], TestContext.Current.CancellationToken);
        await ToolRun.JsonOfAsync("score", folder.File("gaps.csv"), "--model", model, "--out", folder.File("scores.csv"));
        float[] scores = [.. (await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken))[1..].Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(scores[1], scores[0], 1e-2);
        Assert.Equal(scores[2], scores[3]);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));

        // Plain ONNX Runtime takes the cells of the table: NaN for a number that is missing, any text for a category.
        using var plain = new InferenceSession(model);
        Assert.Equal([("size", typeof(float)), ("place", typeof(string))], plain.InputMetadata.Select(input => (input.Key, input.Value.ElementType)));
        NamedOnnxValue[] cells =
        [
            NamedOnnxValue.CreateFromTensor("size", new DenseTensor<float>(new[] { float.NaN, (float)rows.Average(row => (double)row.Size), 50, 50 }, [4, 1])),
            NamedOnnxValue.CreateFromTensor("place", new DenseTensor<string>(new[] { "bay", "bay", "desert", "" }, [4, 1])),
        ];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> raw = plain.Run(cells);
        Assert.All(raw[0].AsEnumerable<float>().Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    /// <summary>A model of another program whose inputs have the names of columns reads these, texts too, in any order of the table.</summary>
    [Fact]
    public async Task A_model_with_inputs_of_the_names_of_columns_reads_them()
    {
        Variable size = Variable.Input("size", DType.Float32, ["rows", 1]), place = Variable.Input("place", DType.String, ["rows", 1]);
        Variable code = new LabelEncoder(["bay", "coast"], [10, 20], Otherwise: 30).Apply(place).Cast(DType.Float32);
        OnnxExporter.Export(new Signature([size, place], [new Output("code", Ops.Where(Ops.Equal(size, size), size, 1000) + code)]), folder.File("model.onnx"));
        await File.WriteAllLinesAsync(folder.File("new.csv"), ["id,place,size", "1,coast,1", "2,bay,2", "3,hills,NA"], TestContext.Current.CancellationToken);
        await ToolRun.JsonOfAsync("score", folder.File("new.csv"), "--model", folder.File("model.onnx"), "--out", folder.File("scores.csv"));
        Assert.Equal(["code", "21", "12", "1030"], await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken));
        await ToolRun.JsonOfAsync("score", folder.File("new.csv"), "--model", folder.File("model.onnx"), "--parts", folder.File("parts"), "--keep", "id");
        Assert.Equal(["id,code", "1,21", "2,12", "3,1030"], await File.ReadAllLinesAsync(folder.File("parts/part-0000000000.csv"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_file_on_any_number_of_threads()
    {
        string data = Write("train.csv", Rows(120, seed: 5));
        byte[][] files = new byte[3][];
        foreach ((int i, string seed, string threads) in new[] { (0, "7", "1"), (1, "7", "2"), (2, "8", "1") })
        {
            await ToolRun.JsonOfAsync("train", data, "--out", folder.File("model.onnx"), "--label", "kind", "--epochs", "2", "--seed", seed, "--threads", threads);
            files[i] = await File.ReadAllBytesAsync(folder.File("model.onnx"), TestContext.Current.CancellationToken);
        }

        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    [Theory]
    [InlineData("line 3, column 'size': expected a number, as in most rows, found 'wide'", "size,kind\n1,a\nwide,b\n3,a\n4,b")]
    [InlineData("line 3: expected 2 fields as in the first line, found 1.", "size,kind\n1,a\n2")]
    [InlineData("its separator looks like ';'; say so with --separator", "size;kind\n1;a\n2;b")]
    [InlineData("line 3, column 'kind': the label is missing ('')", "size,kind\n1,a\n2,")]
    [InlineData("column 'name': found 4 different texts in 4 rows", "name,kind\np,a\nq,b\nr,a\ns,b")]
    [InlineData("column 'size': every value is missing", "size,kind\n?,a\nNA,b")]
    [InlineData("expected columns of distinct names, found two called 'size'", "size,size,kind\n1,2,a\n2,3,b")]
    [InlineData("Expected a column to learn from beside the label 'kind'", "kind\na\nb")]
    [InlineData("expected 2 to 1000 classes to tell apart, found 1", "size,kind\n1,a\n2,a")]
    [InlineData("expected a header and at least one row", "size,kind")]
    public async Task A_table_that_makes_no_sense_is_refused_and_nothing_is_written(string fault, string content)
    {
        await File.WriteAllTextAsync(folder.File("bad.csv"), content, TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.OfAsync("train", folder.File("bad.csv"), "--out", folder.File("model.onnx"));
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        Assert.Equal([folder.File("bad.csv")], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("score", "line 3, column 'size': expected a number within float32, found 'x'", "size,place,kind\n1,bay,large\nx,bay,large")]
    [InlineData("score", "line 2, column 'size': expected a number within float32, found '1e99'", "size,place,kind\n1e99,bay,large")]
    [InlineData("score", "has no column 'place'; its columns are 'size', 'kind'", "size,kind\n1,large")]
    [InlineData("evaluate", "line 3, column 'kind': expected one of the classes 'large', 'little', found 'huge'", "size,place,kind\n1,bay,large\n1,bay,huge")]
    [InlineData("evaluate", "line 2, column 'kind': the label is missing ('?')", "size,place,kind\n1,bay,?")]
    public async Task A_bad_row_is_refused_with_its_line_and_column(string command, string fault, string content)
    {
        string model = folder.File("model.onnx");
        await ToolRun.JsonOfAsync("train", Write("train.csv", Rows(60, seed: 6)), "--out", model, "--label", "kind", "--ignore", "price", "--epochs", "1");
        await File.WriteAllTextAsync(folder.File("bad.csv"), content, TestContext.Current.CancellationToken);
        string[] target = command == "score" ? ["--out", folder.File("scores.csv")] : [];
        ToolRun run = await ToolRun.OfAsync([command, folder.File("bad.csv"), "--model", model, .. target]);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("scores.csv")));
    }

    [Theory]
    [InlineData("Expected at least 0 and below 1 for --test-share, found 1.5.", "--test-share", "1.5")]
    [InlineData("Expected above 0 for --learning-rate, found 0.", "--learning-rate", "0")]
    [InlineData("Expected at least 1 for --epochs, found 0.", "--epochs", "0")]
    [InlineData("Expected numbers of at least 1 for --hidden, found 8 0.", "--hidden", "8", "0")]
    [InlineData("there is no option --epoch; did you mean --epochs?", "--epoch", "3")]
    public async Task An_option_out_of_its_range_is_a_fault_of_usage(string fault, params string[] options)
    {
        ToolRun run = await ToolRun.OfAsync(["train", "data.csv", .. options]);
        Assert.Equal(CommandLine.Misused, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    /// <summary>A model of another program reads all columns in their order; several scores are classes.</summary>
    [Fact]
    public async Task A_model_of_another_program_reads_the_columns_in_their_order()
    {
        string model = SmallFiles.Classifier(folder), data = folder.File("numbers.csv");
        float[] numbers = [.. Enumerable.Range(0, 40).Select(i => MathF.Sin(i))];
        int[] labels = [.. Enumerable.Range(0, 10).Select(i => i % 3)];
        await File.WriteAllLinesAsync(data, ["id,a,b,c,d,label", .. numbers.Chunk(4).Select((row, i) => $"{i},{string.Join(',', row.Select(Text))},{labels[i]}")], TestContext.Current.CancellationToken);
        using OnnxSession session = OnnxSession.Load(model);
        Value expected = session.Run(Value.Of(numbers, 10, 4))[0];
        int right = Enumerable.Range(0, 10).Count(i => Enumerable.Range(0, 3).MaxBy(c => expected[(3 * i) + c]) == labels[i]);
        JsonObject evaluation = await ToolRun.JsonOfAsync("evaluate", data, "--model", model, "--ignore", "id");
        Assert.Equal(right / 10.0, (double)evaluation["accuracy"]!, 1e-12);
        Assert.Null(evaluation["logLoss"]);
        await ToolRun.JsonOfAsync("score", data, "--model", model, "--ignore", "id", "label", "--out", folder.File("scores.csv"));
        string[] lines = await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("output_0,output_1,output_2", lines[0]);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (float)expected[i]), lines[1..].SelectMany(line => line.Split(',')).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)));
        ToolRun wide = await ToolRun.OfAsync("score", data, "--model", model, "--out", folder.File("scores.csv"));
        Assert.Contains("Expected an input that takes 6 numbers of each row", wide.Error, StringComparison.Ordinal);
    }

    private string Write(string name, IEnumerable<Row> rows)
    {
        string path = folder.File(name);
        File.WriteAllLines(path, ["size,place,price,kind", .. rows.Select(row => $"{Text(row.Size)},{row.Place},{Text(row.Price)},{row.Kind}")]);
        return path;
    }

    /// <summary>Sizes from 20 to 120; a price that rises with the size, faster at the bay; a kind that depends on the size, and on the coast the other way round.</summary>
    private static Row[] Rows(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float size = (float)random.NextUniform(20, 120);
            string place = Places[random.NextInt32(3)];
            return new Row(size, place, (float)((size * (place == "bay" ? 3 : 1)) + random.NextNormal()), size > 70 == (place != "coast") ? "large" : "little");
        })];
    }

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Row(float Size, string Place, float Price, string Kind);

    private sealed class Raw
    {
        public float size { get; set; }

        public string place { get; set; } = string.Empty;
    }
}
