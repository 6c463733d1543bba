using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a saved pipeline as an application without the toolkit does, scores rows of a text file (two numbers each) and prints their scores.
var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
var rows = File.ReadLines(args[1]).Select(line => line.Split('\t').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray());
IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(rows.Select(r => new Toolkit.PlainMLNet.Row { Pair = r }).ToArray()));
foreach (float[] scores in scored.GetColumn<float[]>("Score"))
{
    Console.WriteLine(string.Join('\t', scores.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
}
