# Its own tests, by unittest, at its end.
import unittest
from unittest import mock


def add(a, b):
    return a + b


class AddTest(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 2), 3)

    def test_asks(self):
        asked = mock.Mock(return_value=7)
        self.assertEqual(asked(1), 7)
        asked.assert_called_once_with(1)

unittest.main(argv=["program"], exit=False)
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(AddTest))
right = result.wasSuccessful() and result.testsRun == 2
