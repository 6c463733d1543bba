#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// A table without ML.NET: numbers with gaps, a category and a price in a CSV file; a network that takes them as they are, in its file, too.
var random = new RandomSource(seed: 1);
string[] places = ["centre", "harbour", "hills"];
string Row(int i) => $"{(i % 10 == 0 ? "" : i % 4 + 1)},{40 + (i * 7 % 80)},{places[i % 3]},{(40 + (i * 7 % 80)) * (5 - (i % 3)):F0}";
const string Header = "rooms,area,place,price";
File.WriteAllLines("train.csv", Enumerable.Range(0, 800).Select(Row).Prepend(Header));
File.WriteAllLines("test.csv", Enumerable.Range(800, 200).Select(Row).Prepend(Header));

// What the training set says of its columns: means, deviations and the places there are. The test set is read by it.
TableSchema schema = TableSchema.Learn("train.csv", new CsvOptions
{
    Fields = [CsvField.Numbers("numbers", "rooms", "area"), CsvField.Category("place", "place"), CsvField.Numbers("price", "price")],
    Missing = MissingValues.Mean,
});
Dataset train = schema.Load("train.csv"), test = schema.Load("test.csv");

// The numbers are brought to a common scale, the place becomes two learned numbers, and the last layer begins at the scale of the prices.
var scale = new Standardization(schema.ScalingOf("numbers"));
var place = new Embedding(schema.SymbolsOf("place"), 2, random);
var hidden = new Dense(4, 32, random) { Activation = Ops.Tanh };
var price = new Dense(32, 1, random);
var model = new FunctionalModel([scale, place, hidden, price], (x, context) =>
{
    Variable joined = Ops.Concat(1, scale.Forward(x["numbers"], context), place.Forward(x["place"], context));
    return new Named(("price", 300.0 + (100.0 * price.Forward(hidden.Forward(joined, context), context))));
});
var trainer = new Trainer
{
    Model = model,
    Loss = 1e-4 * new MeanSquaredError().On("price"),
    Optimizer = new Adam { LearningRate = 0.01 },
    Metrics = [new MeanAbsoluteError().On("price")],
};
trainer.Fit(train, new() { Epochs = 60, BatchSize = 32 });
Console.WriteLine($"A price of 300 on average is off by less than 15: {trainer.Evaluate(test)["price mean absolute error"] < 15}.");

// The file takes the columns of the table: NaN for a number that is missing, and any text as a place.
OnnxExporter.Export(schema.Before(model), "flats.onnx");
using OnnxSession session = OnnxSession.Load("flats.onnx");
Console.WriteLine(string.Join(", ", session.Inputs.Select(input => $"{input.Name}: {input.Type}")));
Value found = session.Run(Value.Of([3f, float.NaN, 3f], 3, 1), Value.Of([100f, 100f, 100f], 3, 1), Value.Of(["hills", "hills", "moon"], 3, 1))[0];
Console.WriteLine($"100 m² in the hills are worth 300; the network is off by less than 20, without the number of rooms, too: {Math.Abs(found[0] - 300) < 20 && Math.Abs(found[1] - 300) < 20}.");
Console.WriteLine($"A place that it has never seen has a price: {float.IsFinite((float)found[2])}.");

// Prints:
// A price of 300 on average is off by less than 15: True.
// rooms: Float32[batch, 1], area: Float32[batch, 1], place: String[batch, 1]
// 100 m² in the hills are worth 300; the network is off by less than 20, without the number of rooms, too: True.
// A place that it has never seen has a price: True.
