using System.Globalization;
using Microsoft.ML;
using Toolkit.PlainMLNet;

// Loads saved pipelines as an application without the toolkit does, scores the rows of a text file (two numbers, a whole number and two texts each) and prints all columns that are added.
var ml = new MLContext();
IDataView data = ml.Data.LoadFromEnumerable(File.ReadLines(args[0]).Select(line => line.Split('\t')).Select(cells => new Row
{
    Pair = [float.Parse(cells[0], CultureInfo.InvariantCulture), float.Parse(cells[1], CultureInfo.InvariantCulture)],
    Count = int.Parse(cells[2], CultureInfo.InvariantCulture),
    Name = cells[3],
    Words = cells[4],
}).ToArray());
foreach (string file in args[1..])
{
    Console.WriteLine($"# {file}");
    ITransformer model = ml.Model.Load(file, out _);
    foreach (string line in Columns.Of(model.Transform(data), nameof(Row.Pair), nameof(Row.Count), nameof(Row.Name), nameof(Row.Words)))
    {
        Console.WriteLine(line);
    }
}
