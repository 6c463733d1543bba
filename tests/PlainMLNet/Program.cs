using System.Globalization;
using Microsoft.ML;
using Toolkit.PlainMLNet;

// Loads saved pipelines as an application without the toolkit does, scores the rows of a text file (two numbers each) and prints all columns that are added.
var ml = new MLContext();
var rows = File.ReadLines(args[0]).Select(line => line.Split('\t').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray());
IDataView data = ml.Data.LoadFromEnumerable(rows.Select(r => new Row { Pair = r }).ToArray());
foreach (string file in args[1..])
{
    Console.WriteLine($"# {file}");
    ITransformer model = ml.Model.Load(file, out _);
    foreach (string line in Columns.Of(model.Transform(data), nameof(Row.Pair)))
    {
        Console.WriteLine(line);
    }
}
