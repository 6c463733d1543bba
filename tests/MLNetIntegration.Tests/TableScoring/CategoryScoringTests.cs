using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Export;
using Toolkit.Tables;

namespace Toolkit.MLNetIntegration.Tests.TableScoring;

/// <summary>Columns of categories that a model reads, and classes that it tells apart, against places counted by hand.</summary>
public sealed class CategoryScoringTests : IDisposable
{
    private static readonly string[] Places = ["bay", "coast", "inland"];

    private readonly string folder = Directory.CreateTempSubdirectory("tables").FullName;

    public CategoryScoringTests() => File.WriteAllBytes(Model, OnnxExporter.Export(Scores()));

    private string Model => Path.Combine(folder, "model.onnx");

    private string[] Parts => [.. Directory.GetFiles(Path.Combine(folder, "scores"), "part-*").Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Texts_of_CSV_go_in_as_their_places_and_scores_come_out_with_their_class()
    {
        Score("table.csv", "place,size\nbay,0.5\ninland,7\n,0\nNA,-1\n\"sea, far\",1\ncoast,2\ncoast,?\n", new() { AllowMissing = true });
        Assert.Equal(
            "place,kind,kind.small,kind.\"\"\"odd\"\", really\"\nbay,\"\"\"odd\"\", really\",0.5,1\ninland,small,7,3\n,small,0,0\nNA,\"\"\"odd\"\", really\",-1,0\n\"sea, far\",small,1,0\ncoast,small,2,2\ncoast,,NaN,2\n"
                .Replace("kind.\"\"\"odd\"\", really\"", "\"kind.\"\"odd\"\", really\"", StringComparison.Ordinal),
            File.ReadAllText(Assert.Single(Parts)));
    }

    [Fact]
    public void A_category_may_be_missing_where_a_number_may_not()
    {
        Score("table.csv", "place,size\n?,0.5\n", new());
        Assert.Equal("place,kind,kind.small,\"kind.\"\"odd\"\", really\"\n?,small,0.5,0\n", File.ReadAllText(Assert.Single(Parts)));
        Directory.Delete(Path.Combine(folder, "scores"), recursive: true);
        Assert.Contains("line 2, column 'size': the value is missing", Assert.Throws<DataException>(() => Score("table.csv", "place,size\nbay,?\n", new())).Message, StringComparison.Ordinal);
    }

    /// <summary>The second score is a step of its type above the first at 1, and rounded to the first at 2: another type would tell them apart at both, or at neither.</summary>
    [Theory]
    [InlineData("float64", 52)]
    [InlineData("float32", 23)]
    [InlineData("float16", 10)]
    public void Scores_are_compared_in_their_own_type(string type, int digits)
    {
        DType scores = type switch { "float64" => DType.Float64, "float16" => DType.Float16, _ => DType.Float32 };
        Variable size = Variable.Input("size", scores == DType.Float64 ? DType.Float64 : DType.Float32, ["batch", 1]);
        Variable above = size + Variable.Scalar(Math.Pow(2, -digits), size.DType);
        File.WriteAllBytes(Model, OnnxExporter.Export(new Signature([size], [new Output("kind", Ops.Concat(1, size, above).Cast(scores))])));
        Score("table.csv", "place,size\nbay,1\ncoast,2\n", new() { Keep = ["place"], Inputs = Of("size", "size"), Classes = Of("kind", "first", "second") });
        Assert.Equal(["second", "first"], CsvFile.Read(Assert.Single(Parts), new()).Skip(1).Select(row => row.Fields[1]));
    }

    [Fact]
    public void Texts_and_numbers_of_Parquet_go_in_as_their_places()
    {
        string?[] place = ["coast", null, "elsewhere", "bay"];
        float[] size = [3, 1, 0, 0.5f];
        string table = Path.Combine(folder, "table.parquet");
        ParquetFiles.Write(table, [3, 1], ("place", place), ("size", size));
        TableScorer.Score(table, Model, Path.Combine(folder, "scores"), Options());
        Assert.Equal(place, ParquetFiles.Column(Parts, "place"));
        Assert.Equal(["small", "small", "small", "\"odd\", really"], ParquetFiles.Column(Parts, "kind"));
        Assert.Equal([3f, 1f, 0f, 0.5f], ParquetFiles.Column(Parts, "kind.small"));
        Assert.Equal([2f, 0f, 0f, 1f], ParquetFiles.Column(Parts, "kind.\"odd\", really"));

        int?[] number = [7, null, 12, 5];
        ParquetFiles.Write(table, [4], ("place", number), ("size", size));
        Directory.Delete(Path.Combine(folder, "scores"), recursive: true);
        TableScorer.Score(table, Model, Path.Combine(folder, "scores"), Options() with { Categories = Of("place", "5", "7") });
        Assert.Equal([2f, 0f, 0f, 1f], ParquetFiles.Column(Parts, "kind.\"odd\", really"));
        Assert.Equal(number.Select(cell => (object?)cell), ParquetFiles.Column(Parts, "place"));
    }

    [Fact]
    public void Names_that_do_not_fit_are_refused()
    {
        Refused("Expected in Classes outputs of the model, of \"kind\", found \"sort\"", Options() with { Classes = Of("sort", "a", "b") });
        Refused("Expected a score for each of the 3 classes", Options() with { Classes = Of("kind", "a", "b", "c") });
        Refused("Expected in Categories columns, of \"place\", \"size\", found \"town\"", Options() with { Categories = Of("town", "a") });
        Refused("Expected distinct categories of the column \"place\", found \"a\" twice", Options() with { Categories = Of("place", "a", "b", "a") });
        Refused("found \"kind.a\" twice", Options() with { Classes = Of("kind", "a", "a") });

        void Refused(string message, TableScoringOptions options) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => Score("table.csv", "place,size\nbay,1\n", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_other_categories_are_refused()
    {
        Score("table.csv", "place,size\nbay,1\n", Options());
        DataException e = Assert.Throws<DataException>(() => TableScorer.Score(Path.Combine(folder, "table.csv"), Model, Path.Combine(folder, "scores"), Options() with { Categories = Of("place", "coast", "bay") }));
        Assert.Contains("belong to another set of options", e.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, IReadOnlyList<string>> Of(string name, params string[] names) => new() { [name] = names };

    private static TableScoringOptions Options() => new() { Keep = ["place"], Categories = Of("place", Places), Classes = Of("kind", "small", "\"odd\", really") };

    private void Score(string name, string text, TableScoringOptions options)
    {
        string table = Path.Combine(folder, name);
        File.WriteAllText(table, text);
        TableScoringOptions all = Options();
        TableScorer.Score(table, Model, Path.Combine(folder, "scores"), options.Keep.Count > 0 ? options : all with { AllowMissing = options.AllowMissing });
    }

    /// <summary>The size, and the place as a number.</summary>
    private static Signature Scores()
    {
        Variable size = Variable.Input("size", DType.Float32, ["batch", 1]), place = Variable.Input("place", DType.UInt32, ["batch", 1]);
        return new Signature([size, place], [new Output("kind", Ops.Concat(1, size, place.Cast(DType.Float32)))]);
    }
}
