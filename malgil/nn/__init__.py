"""Networks made of readable parts: recurrent cells, encoders, decoders, attention and heads (torch)."""

from malgil.nn.dropouts import Dropouts
from malgil.nn.gru import GRU
from malgil.nn.lstm import LSTM
from malgil.nn.mingru import MinGRU
from malgil.nn.minlstm import MinLSTM
from malgil.nn.rnn import RNN

__all__ = ["GRU", "LSTM", "RNN", "Dropouts", "MinGRU", "MinLSTM"]
