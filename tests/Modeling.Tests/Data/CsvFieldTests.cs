using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Tables as examples of named fields.</summary>
public sealed class CsvFieldTests : IDisposable
{
    private static readonly CsvOptions Table = new()
    {
        Fields =
        [
            CsvField.Category("place", "city"), CsvField.Numbers("sizes", "area", "rooms"), CsvField.Number("price", ^1), CsvField.Label("kind", "kind"), CsvField.Number("weight", "count"),
        ],
        Missing = MissingValues.Mean,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_become_fields_and_texts_numbers()
    {
        Dataset data = Load("city,area,rooms,kind,count,unused,price\nRome,80,3,flat,1,x,2\nOslo,?,4,house,3,y,4\nRome,100,?,flat,1,z,6\n,120,6,house,0,u,8\n");
        Assert.Equal("(place: Int64 [], sizes: Float32 [2], price: Float32 [], kind: Int64 [] of 2 classes, weight: Float32 [])", data.Layout.ToString());
        Batch all = data.Batches(new() { Size = 4 }).First();
        Assert.Equal(["", "Oslo", "Rome"], data.Columns[0].Names);
        Assert.Equal([2, 1, 2, 0], all["place"].Span<long>().ToArray());
        // Means of what is there, by weights: (80 + 100)/2 and (3 + 3 · 4)/4.
        Assert.Equal([80f, 3, 90, 4, 100, 3.75f, 120, 6], all["sizes"].Span<float>().ToArray());
        Assert.Equal([2f, 4, 6, 8], all["price"].Span<float>().ToArray());
        Assert.Equal([0, 1, 0, 1], all["kind"].Span<long>().ToArray());
        Assert.Equal(["flat", "house"], data.Take(2).Columns[3].Names);
        Assert.Equal(["flat", "house"], data.Select([0, 2]).Columns[3].Names);
    }

    [Fact]
    public void A_test_set_takes_the_names_of_its_training_set()
    {
        const string Header = "city,area,rooms,kind,count,price\n";
        Dataset training = Load(Header + "Rome,80,3,flat,1,2\nOslo,90,4,house,3,4\n");
        string test = folder.Write("test.csv", Header + "Bonn,80,3,house,1,2\nRome,80,3,house,1,2\n");
        CsvOptions same = Table.WithNames(training);
        Assert.Contains("'Bonn' is not among the names of \"place\": 'Oslo', 'Rome'", Assert.Throws<DataException>(() => Dataset.LoadCsv(test, same)).Message, StringComparison.Ordinal);
        CsvOptions open = same with { Fields = [same.Fields[0] with { TakesOthers = true }, .. same.Fields.Skip(1)] };
        Batch all = Dataset.LoadCsv(test, open).Batches(new()).First();
        Assert.Equal([2, 1], all["place"].Span<long>().ToArray());
        Assert.Equal([1, 1], all["kind"].Span<long>().ToArray());
    }

    [Fact]
    public void A_test_set_takes_the_means_of_its_training_set()
    {
        const string Header = "city,area,rooms,kind,count,price\n";
        Dataset training = Load(Header + "Rome,80,3,flat,1,2\nOslo,?,4,house,3,4\nOslo,100,?,flat,1,6\n");
        string test = folder.Write("test.csv", Header + "Rome,?,9,house,1,?\nRome,500,?,house,1,70\n");
        Batch all = Dataset.LoadCsv(test, Table.WithNames(training).WithMeans(training)).Batches(new()).First();

        // Of area (80 + 100)/2, of rooms (3 + 3 · 4)/4, of the price (2 + 3 · 4 + 6)/5.
        Assert.Equal([90f, 9, 500, 3.75f], all["sizes"].Span<float>().ToArray());
        Assert.Equal([4f, 70], all["price"].Span<float>().ToArray());
    }

    [Fact]
    public void What_is_missing_or_wrong_is_named()
    {
        const string Header = "city,area,rooms,kind,count,price\n";
        Fails("line 2, column 'kind': the value is missing", Header + "Rome,80,3,?,1,2\n", Table);
        Fails("line 2, column 'area': the value is missing", Header + "Rome,?,3,flat,1,2\n", Table with { Missing = MissingValues.Refuse });
        Fails("line 2, column 'count': expected a weight of at least 0, found '-1'", Header + "Rome,80,3,flat,-1,2\n", Table);
        Fails("line 3, column 'rooms': expected a number, found 'x'", Header + "Rome,80,3,flat,1,2\nRome,80,x,flat,1,2\n", Table);
        Fails("no column named 'city'", "town,area,rooms,kind,count,price\nRome,80,3,flat,1,2\n", Table);
        Fails("column 'area': every value is missing", Header + "Rome,?,3,flat,1,2\n", Table);
        Fails("has no rows to learn from", Header + "Rome,?,3,flat,1,2\n", Table with { Missing = MissingValues.SkipRow });
        Fails("line 2, column 'area'", Header + "Rome,?,3,flat,1,2\n", Table with { Fields = [CsvField.Number("area", "area") with { Required = true }] });
        string file = folder.Write("table.csv", Header + "Rome,80,3,flat,1,2\nOslo,?,3,flat,1,2\n");
        Assert.Equal(1, Dataset.LoadCsv(file, Table with { Missing = MissingValues.SkipRow }).Count);
        Assert.Contains("Fields alone", Assert.Throws<ArgumentException>(() => Dataset.LoadCsv(file, Table with { Label = "kind" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CsvField.Numbers("none"));

        void Fails(string part, string text, CsvOptions options) => Assert.Contains(
            part, Assert.Throws<DataException>(() => Dataset.LoadCsv(folder.Write("wrong.csv", text), options)).Message, StringComparison.Ordinal);
    }

    /// <summary>A price that the city alone explains: an embedding beside numbers learns it.</summary>
    [Fact]
    public void A_category_is_learned_by_an_embedding_beside_numbers()
    {
        string[] cities = ["Rome", "Oslo", "Bonn"];
        var random = new RandomSource(1);
        string text = "city,area,kind,price\n" + string.Concat(Enumerable.Range(0, 150).Select(i =>
        {
            double area = random.NextUniform(-1, 1);
            return FormattableString.Invariant($"{cities[i % 3]},{area},{(area > 0 ? "large" : "small")},{(i % 3 * 2) + area}\n");
        }));
        Dataset data = Dataset.LoadCsv(folder.Write("prices.csv", text), new()
        {
            Fields = [CsvField.Category("place", "city"), CsvField.Numbers("sizes", "area"), CsvField.Number("price", "price"), CsvField.Label("kind", "kind")],
        });
        var trainer = new Trainer
        {
            Model = new Prices(data.Columns[0].Names!.Count),
            Loss = new MeanSquaredError().On("price") + new SoftmaxCrossEntropy().On("kind"),
            Optimizer = new Adam { LearningRate = 0.03 },
            Metrics = [new MeanAbsoluteError().On("price"), new AreaUnderCurve().On("kind")],
        };
        trainer.Fit(data, new() { Epochs = 80, BatchSize = 30 }, TestContext.Current.CancellationToken);
        Evaluation found = trainer.Evaluate(data);
        Assert.True(found["price mean absolute error"] < 0.2, $"{found["price mean absolute error"]}");
        Assert.True(found["kind area under curve"] > 0.97, $"{found["kind area under curve"]}");
    }

    private Dataset Load(string text) => Dataset.LoadCsv(folder.Write("table.csv", text), Table);

    private sealed class Prices(int places) : Model
    {
        private static readonly RandomSource Random = new(2);
        private readonly Embedding place = new(places, 2, Random);
        private readonly Dense price = new(3, 1, Random), kind = new(3, 2, Random);

        public override IReadOnlyList<Model> Children => [place, price, kind];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable all = Ops.Concat(1, place.Forward(inputs["place"], context), inputs["sizes"]);
            return new Named(("price", price.Forward(all, context)), ("kind", kind.Forward(all, context)));
        }
    }
}
