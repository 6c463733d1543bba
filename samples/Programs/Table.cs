#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// A table without ML.NET: numbers with gaps, a category and a price in a CSV file; a network that takes them as they are.
var random = new RandomSource(seed: 1);
string[] places = ["centre", "harbour", "hills"];
File.WriteAllLines("flats.csv", Enumerable.Range(0, 1000).Select(i => $"{(i % 10 == 0 ? "" : i % 4 + 1)},{40 + (i * 7 % 80)},{places[i % 3]},{(40 + (i * 7 % 80)) * (5 - (i % 3)):F0}").Prepend("rooms,area,place,price"));

var table = new CsvOptions
{
    Fields = [CsvField.Numbers("numbers", "rooms", "area"), CsvField.Category("place", "place"), CsvField.Numbers("price", "price")],
    Missing = MissingValues.Mean,
};
(Dataset test, Dataset train) = Dataset.LoadCsv("flats.csv", table).Split(0.2, random);

// The numbers are brought to a common scale by a normalization, the place becomes two learned numbers, and the last layer begins at the scale of the prices.
var scale = new BatchNormalization(2);
var place = new Embedding(places.Length, 2, random);
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

model.ExportOnnx("flats.onnx");
using OnnxSession session = OnnxSession.Load("flats.onnx");
Value found = session.Run(Value.Of([3f, 100f], 1, 2), Value.Of([2L], 1))[0];
Console.WriteLine($"100 m² in the hills are worth 300; the network is off by less than 20: {Math.Abs(found[0] - 300) < 20}.");

// Prints:
// A price of 300 on average is off by less than 15: True.
// 100 m² in the hills are worth 300; the network is off by less than 20: True.
