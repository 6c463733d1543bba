using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>A schema of a table goes into the exported model: plain ONNX Runtime takes the cells and gives what the model gives for the loaded table.</summary>
public sealed class TableSchemaTests : IDisposable
{
    private const string Header = "rooms,area,place,note,price,kind\n";

    private const string Training = Header
        + "2,40,bay,\"A garden, and a view.\",100,flat\n,80,coast,no view,200,house\n4,?,bay,The view! the VIEW; a pond,300,flat\n3,60,NA,garden,150,house\n3,60,,garden,150,house\n";

    private static readonly CsvOptions Options = new()
    {
        Fields =
        [
            CsvField.Numbers("numbers", "rooms", ^5), CsvField.Number("area", "area"), CsvField.Category("place", "place"), CsvField.Words("note", "note") with { MostWords = 4 },
            CsvField.Label("kind", "kind"), CsvField.Number("weight", "price"),
        ],
        Missing = MissingValues.Mean,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_learned_is_what_stands_in_the_training_set()
    {
        TableSchema schema = TableSchema.Learn(Write("train.csv", Training), Options);

        // Weights 100, 200, 300, 150, 150; rooms 2, –, 4, 3, 3.
        double rooms = ((2 * 100) + (4 * 300) + (3 * 300)) / 700.0, area = ((40 * 100) + (80 * 200) + (60 * 300)) / 600.0;
        Assert.Equal([(float)rooms, (float)area], schema.ScalingOf("numbers").Mean);
        Assert.Equal((float)Math.Sqrt(((Math.Pow(2 - rooms, 2) * 100) + (Math.Pow(4 - rooms, 2) * 300) + (Math.Pow(3 - rooms, 2) * 300)) / 700), schema.ScalingOf("numbers").Deviation[0]);
        Assert.Equal(["", "bay", "coast"], schema.Options.Fields[2].Names);
        Assert.Equal(4, schema.SymbolsOf("place"));

        // "view" stands four times, "a" three times, "garden" three times, "the" twice: those before the ends of sentences count.
        Assert.Equal(["view", "a", "garden", "the"], schema.Options.Fields[3].Names);
        Assert.Equal(6, schema.SymbolsOf("note"));
        Assert.Contains("\"numbers\", \"area\"", Assert.Throws<ArgumentException>(() => schema.ScalingOf("place")).Message, StringComparison.Ordinal);
        Assert.Contains("\"place\", \"note\"", Assert.Throws<ArgumentException>(() => schema.SymbolsOf("kind")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TableSchema.Learn("none.csv", new CsvOptions { Label = "kind" }));
    }

    [Fact]
    public void Another_table_is_read_as_the_training_set_was()
    {
        TableSchema schema = TableSchema.Learn(Write("train.csv", Training), Options);
        Batch all = schema.Load(Write("test.csv", Header + ",10,hills,\"View, the lake\",1,house\n5,,?,,1,flat\n")).Batches(new() { Size = 2 }).First();
        Assert.Equal([schema.ScalingOf("numbers").Mean[0], 10, 5, schema.ScalingOf("area").Mean[0]], all["numbers"].Span<float>().ToArray());
        Assert.Equal([3, 0], all["place"].Span<long>().ToArray());
        Assert.Equal([5, 0, 3, 4, 5, 0, 0, 0], all["note"].Span<long>().ToArray());
        Assert.Equal([4, 1], all.LengthsOf("note_words").Span<long>().ToArray());
        Assert.Equal([1, 0], all["kind"].Span<long>().ToArray());
    }

    [Theory]
    [InlineData(MissingValues.Mean)]
    [InlineData(MissingValues.Zero)]
    public void ONNX_Runtime_takes_the_cells_and_gives_what_the_model_gives_for_the_table(MissingValues missing)
    {
        TableSchema schema = TableSchema.Learn(Write("train.csv", Training), Options with { Missing = missing });
        var random = new RandomSource(5);
        var scale = new Toolkit.Modeling.Modules.Standardization(schema.ScalingOf("numbers"));
        Embedding place = new(schema.SymbolsOf("place"), 3, random), words = new(schema.SymbolsOf("note"), 4, random);
        var reader = new Gru(4, 5, random) { LastOnly = true };
        var last = new Dense(2 + 3 + 5 + 1, 2, random);
        var model = new FunctionalModel([scale, place, words, reader, last], (x, context) => last.Forward(
            Ops.Concat(
                1, scale.Forward(x["numbers"], context), place.Forward(x["place"], context), reader.Forward(words.Forward(x["note"], context), context), Ops.Reshape(x["area"], [x["area"].Shape[0], 1])),
            context));
        string[] rooms = ["", "3", "4", "2.5"], areas = ["50", "?", "NA", "60"], places = ["bay", "hills", "", "NA"], notes = ["View, the lake", "", "a GARDEN! a pond Bay?", "gArden NA"];
        Dataset data = schema.Load(Write("test.csv", Header + string.Concat(Enumerable.Range(0, 4).Select(i => $"{rooms[i]},{areas[i]},{places[i]},\"{notes[i]}\",1,flat\n"))));
        model.InputFields = data.Layout.Fields;
        float[] expected = model.Predict(data).ToArray<float>();
        Assert.Equal(8, expected.Distinct().Count());

        byte[] file = OnnxExporter.Export(schema.Before(model), new() { Opset = 20 });
        using var session = new InferenceSession(file);
        Assert.Equal(
            [("rooms", typeof(float)), ("area", typeof(float)), ("place", typeof(string)), ("note", typeof(string))], session.InputMetadata.Select(input => (input.Key, input.Value.ElementType)));
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> found = session.Run([Numbers("rooms", rooms), Numbers("area", areas), Texts("place", places), Texts("note", notes)]);
        Assert.All(expected.Zip(found[0].AsEnumerable<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(
            """{"columns":[{"name":"rooms"},{"name":"area"},{"name":"place","names":["","bay","coast"]},{"name":"note"}],"label":"kind","classes":["flat","house"]}""",
            session.ModelMetadata.CustomMetadataMap["toolkit.data"]);

        // The engine reads its own file, and gives the same.
        Assert.Equal(expected.Length, OnnxModel.Load(file).Inference.Outputs[0].Variable.Shape[1].Size * rooms.Length);
        Assert.Contains("20", Assert.Throws<ExportException>(() => OnnxExporter.Export(schema.Before(model))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_reads_something_else_is_refused()
    {
        TableSchema schema = TableSchema.Learn(Write("train.csv", Training), Options);
        Variable other = Variable.Input("other", DType.Float32, ["batch"]), wide = Variable.Input("numbers", DType.Float32, ["batch", 3]);
        var reading = new ReadingModel(new Signature([other], [new Output("y", other)]));
        Assert.Contains("\"other\"", Assert.Throws<ArgumentException>(() => schema.Before(reading)).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 3]", Assert.Throws<GraphException>(() => schema.Before(new ReadingModel(new Signature([wide], [new Output("y", wide)])))).Message, StringComparison.Ordinal);
        TableSchema twice = TableSchema.Learn(folder.File("train.csv"), Options with { Fields = [CsvField.Number("a", "rooms"), CsvField.Category("b", "rooms")] });
        Variable a = Variable.Input("a", DType.Float32, ["batch"]), b = Variable.Input("b", DType.Int64, ["batch"]);
        Assert.Contains("\"rooms\"", Assert.Throws<ArgumentException>(() => twice.Before(new ReadingModel(new Signature([a, b], [new Output("y", a), new Output("z", b)])))).Message, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(folder.File(name), content);
        return folder.File(name);
    }

    private static NamedOnnxValue Numbers(string name, string[] cells) => NamedOnnxValue.CreateFromTensor(
        name, new DenseTensor<float>(cells.Select(cell => cell is "" or "?" or "NA" ? float.NaN : float.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray(), [cells.Length, 1]));

    private static NamedOnnxValue Texts(string name, string[] cells) => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<string>(cells, [cells.Length, 1]));

    private sealed class ReadingModel(Signature signature) : ISignatureSource
    {
        public Signature Inference => signature;
    }
}
